import type { Logger } from 'pino';
import type {
  Camera,
  CameraListener,
  CameraPicture,
  CameraSight,
  CameraStream,
  Credentials,
} from '../../channel/ports.ts';
import { ViewOnly } from '../../channel/view-only.ts';
import { keepVigil } from '../../channel/vigil.ts';
import type { Clock } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { describe, greet } from './client.ts';

export interface RtspCameraParts {
  readonly url: URL;
  readonly credentials: Credentials | undefined;
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * A camera of which we know nothing but the address of one stream. It is asked once what it sends, which is all the use
 * that is made of the credentials, and from then on only whether it is there.
 */
export class RtspCamera extends ViewOnly implements Camera {
  readonly #parts: RtspCameraParts;

  constructor(parts: RtspCameraParts) {
    super(parts.log);
    this.#parts = parts;
  }

  async watch(listener: CameraListener, signal: AbortSignal): Promise<void> {
    const { url, clock } = this.#parts;
    try {
      listener.seen(await this.#look(signal));
      await keepVigil({ look: (scope) => greet(url, clock, scope), clock }, signal);
    } catch (err) {
      if (!signal.aborted) throw err;
    }
  }

  async info(signal: AbortSignal): Promise<CameraPicture> {
    return { ...(await this.#look(signal)), services: [] };
  }

  async #look(signal: AbortSignal): Promise<CameraSight> {
    return { streams: [await this.#stream(signal)], device: undefined, clockOffsetMs: undefined };
  }

  async #stream(signal: AbortSignal): Promise<CameraStream> {
    const { url, credentials, name, clock } = this.#parts;
    const { video, audio } = await describe(url, credentials, clock, signal);
    if (!video) {
      const reason = 'no video codec that we know';
      throw new GatewayError('no-usable-profile', 'camera has no usable stream', { reason });
    }
    const unknown = { width: undefined, height: undefined, framesPerSecond: undefined, bitsPerSecond: undefined };
    return { profile: 'rtsp', name, url, credentials, video, audio, ...unknown };
  }
}
