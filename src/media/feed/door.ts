import { once } from 'node:events';
import { connect } from 'node:net';
import { connectionFailure, unreachable } from '../../runtime/camera-unreachable.ts';
import { type Clock, withDeadline } from '../../runtime/clock.ts';
import { placeOf } from '../rtsp/place.ts';

/** The answer of a camera that is there takes milliseconds; a lost packet is asked again after one second. */
const KNOCK_MS = 1_500;

/**
 * Resolves when something listens at the address. Costs next to nothing, so a camera that is away can be looked for
 * more often than with an ffmpeg each time.
 * @throws GatewayError `camera-unreachable`
 */
export async function knock(url: URL, clock: Clock, signal: AbortSignal): Promise<void> {
  const late = (): Error => unreachable('no answer');
  await withDeadline({ clock, ms: KNOCK_MS, signal, late }, async (inTime) => {
    const socket = connect(placeOf(url));
    try {
      await once(socket, 'connect', { signal: inTime });
    } catch (cause) {
      if (!inTime.aborted) throw connectionFailure(cause);
    } finally {
      socket.destroy();
    }
  });
}
