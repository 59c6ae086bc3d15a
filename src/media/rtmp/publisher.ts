import type { Logger } from 'pino';
import { type Clock, withDeadline } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import type { CertificateTime } from '../../runtime/tls-in-time.ts';
import { parseAddress } from './address.ts';
import { RtmpConnection } from './connection.ts';
import { dial } from './dial.ts';
import { Publication } from './publication.ts';
import { PublishSession, STEPS } from './session.ts';

const CONNECT_DEADLINE_MS = 8000;

export interface PublisherParts {
  /** rtmp or rtmps, the raw text: a URL parser would alter a stream key with odd characters. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** PEM; trusted for rtmps beside the public authorities. */
  readonly ca?: string | undefined;
  readonly time?: CertificateTime | undefined;
  readonly connectDeadlineMs?: number;
}

/**
 * Connects and publishes. Resolves when the server has accepted the publish; the publication then lives until it is
 * closed, the signal aborts, or the server ends it.
 * @throws GatewayError `bad-parameter` for an address that cannot be used, `publish-refused` when the server says no or
 * hangs up on being asked, `publish-failed` when it cannot be reached or does not answer, `ended-early` on abort
 */
export async function openPublisher(parts: PublisherParts, signal: AbortSignal): Promise<Publication> {
  const { url, clock, log, ca, time, connectDeadlineMs: ms = CONNECT_DEADLINE_MS } = parts;
  const address = parseAddress(url);
  const since = clock.now();
  let wording: () => string = () => STEPS.connection.wording;
  const late = (): GatewayError =>
    new GatewayError('publish-failed', 'the media server did not answer', { reason: `${ms / 1000} s ${wording()}` });
  try {
    return await withDeadline({ clock, ms, signal, late }, async (deadline) => {
      const connection = new RtmpConnection(await dial(address, { ca, time }, deadline), clock);
      const session = new PublishSession(address, connection);
      wording = () => STEPS[session.step].wording;
      const { over } = await opened(connection, session, deadline);
      log.debug({ host: address.host, elapsed_ms: Math.round(clock.now() - since) }, 'publish accepted');
      return new Publication({ connection, session, over, clock }, signal);
    });
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw new GatewayError('ended-early', 'stopped before the publish was accepted', { cause });
  }
}

/** Opens the session; if that fails, or the deadline comes first, the connection is gone afterwards. */
async function opened(
  connection: RtmpConnection,
  session: PublishSession,
  deadline: AbortSignal,
): ReturnType<PublishSession['open']> {
  const drop = (): void => connection.destroy();
  deadline.addEventListener('abort', drop, { once: true });
  if (deadline.aborted) drop();
  try {
    return await session.open();
  } catch (err) {
    drop();
    throw err;
  } finally {
    deadline.removeEventListener('abort', drop);
  }
}
