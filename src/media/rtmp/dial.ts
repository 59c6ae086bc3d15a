import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { rootCertificates, connect as tlsConnect } from 'node:tls';
import { connectionWords } from '../../runtime/connection-words.ts';
import { GatewayError } from '../../runtime/errors.ts';
import type { RtmpAddress } from './address.ts';

const KEEP_ALIVE_MS = 15_000;
/** Node gives each address of a name a quarter of a second, less than a round trip over a satellite. */
const ATTEMPT_MS = 2000;

/**
 * Opens the connection, with TLS where the address asks for it; `ca` (PEM) is trusted beside the public authorities.
 * @throws GatewayError `publish-failed`
 */
export async function dial(
  { tls, host, port }: RtmpAddress,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  const to = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
  const patient = { ...to, autoSelectFamilyAttemptTimeout: ATTEMPT_MS };
  const socket = tls
    ? tlsConnect({
        ...patient,
        ...(isIP(host) ? {} : { servername: host }),
        ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
      })
    : connect(patient);
  try {
    await once(socket, tls ? 'secureConnect' : 'connect', { signal });
  } catch (cause) {
    // Destroyed at once, it may still have an error to tell, which nobody listens for any more.
    socket.on('error', () => undefined).destroy();
    throw new GatewayError('publish-failed', 'the media server cannot be reached', {
      reason: connectionWords(cause),
      cause,
    });
  }
  return socket;
}
