import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, rootCertificates } from 'node:tls';
import { connectionWords } from '../../runtime/connection-words.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { type CertificateTime, CLOCK_OF_THE_BOX, connectInTime } from '../../runtime/tls-in-time.ts';
import type { RtmpAddress } from './address.ts';

const KEEP_ALIVE_MS = 15_000;
/** Node gives each address of a name a quarter of a second, less than a round trip over a satellite. */
const ATTEMPT_MS = 2000;

type TlsTarget = ConnectionOptions & { readonly host: string };

/** Whose certificates are taken, and by what time they are judged; without one, by the clock of the box. */
export interface Trust {
  readonly ca?: string | undefined;
  readonly time?: CertificateTime | undefined;
}

/**
 * Opens the connection, with TLS where the address asks for it; `ca` (PEM) is trusted beside the public authorities.
 * @throws GatewayError `publish-failed`
 */
export async function dial(
  { tls, host, port }: RtmpAddress,
  { ca, time }: Trust,
  signal: AbortSignal,
): Promise<Socket> {
  const to = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
  const patient = { ...to, autoSelectFamilyAttemptTimeout: ATTEMPT_MS };
  try {
    return tls ? await dialTls(patient, { ca, time }, signal) : await opened(connect(patient), signal);
  } catch (cause) {
    throw new GatewayError('publish-failed', 'the media server cannot be reached', {
      reason: connectionWords(cause),
      cause,
    });
  }
}

async function dialTls(to: TlsTarget, { ca, time = CLOCK_OF_THE_BOX }: Trust, signal: AbortSignal): Promise<Socket> {
  const name = isIP(to.host) ? {} : { servername: to.host };
  const trusted = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
  return connectInTime({ ...to, ...name, ...trusted }, time, signal);
}

async function opened(socket: Socket, signal: AbortSignal): Promise<Socket> {
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (err) {
    // Destroyed at once, it may still have an error to tell, which nobody listens for any more.
    socket.on('error', () => undefined).destroy();
    throw err;
  }
}
