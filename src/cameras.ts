import type { Logger } from 'pino';
import type { Camera } from './channel/ports.ts';
import { ViewOnly } from './channel/view-only.ts';
import type { ChannelConfig } from './config/schema.ts';
import { describe } from './media/rtsp/client.ts';
import { RtspCamera } from './media/rtsp/rtsp-camera.ts';
import { OnvifCamera } from './onvif/camera.ts';
import type { Clock } from './runtime/clock.ts';
import { GatewayError } from './runtime/errors.ts';

export interface CameraWorld {
  readonly clock: Clock;
  readonly log: Logger;
}

/** The camera of a channel, as its configuration says how to reach it. */
export function cameraFor(
  { channel, name = `Channel ${channel}`, onvif, rtsp }: ChannelConfig,
  world: CameraWorld,
): Camera {
  const { clock, log } = world;
  if (rtsp) return new RtspCamera({ url: new URL(rtsp.url), credentials: rtsp.credentials, name, clock, log });
  if (onvif?.host === undefined) return new Unfound(log);
  const { host, port, tls, credentials } = onvif;
  return new OnvifCamera({
    host,
    ...(port !== undefined && { port }),
    // Where https is not asked for, the search may still find the camera on 443.
    ...(tls && { scheme: 'https' as const }),
    credentials,
    describe: (url, login, signal) => describe(url, login, clock, signal),
    clock,
    log,
  });
}

/** A camera known by its endpoint reference only. */
class Unfound extends ViewOnly implements Camera {
  watch(): Promise<never> {
    return Promise.reject(
      new GatewayError('camera-unreachable', 'the address of the camera is not known', {
        reason: 'a camera given by its endpoint alone cannot be found yet; give its host',
      }),
    );
  }

  info(): Promise<never> {
    return this.watch();
  }
}
