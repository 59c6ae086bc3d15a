import type { Logger } from 'pino';
import type { Camera } from '../channel/ports.ts';
import type { ChannelConfig, Config } from '../config/schema.ts';
import { listenAddress } from '../config/values.ts';
import { describe } from '../media/rtsp/client.ts';
import { RtspCamera } from '../media/rtsp/rtsp-camera.ts';
import { OnvifCamera, type OnvifCameraParts } from '../onvif/camera.ts';
import type { CameraFinder } from '../onvif/endpoint.ts';
import { AlarmSource } from '../onvif/events/alarm-source.ts';
import type { CameraEvents } from '../onvif/events/camera-events.ts';
import { EventHubs } from '../onvif/events/event-hub.ts';
import type { HearingMemory } from '../onvif/events/hearing.ts';
import { WebhookReceiver } from '../onvif/events/webhook-receiver.ts';
import type { CameraPtz } from '../onvif/ptz/camera-ptz.ts';
import type { KnownPresets } from '../onvif/ptz/preset-list.ts';
import type { PresetStore } from '../onvif/ptz/presets.ts';
import type { PtzQuirks } from '../onvif/ptz/quirks.ts';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { type Pauses, type Runnable, supervise } from '../runtime/supervise.ts';

export interface CameraSiteParts {
  readonly events: Config['events'];
  readonly presets: CameraPtz['presets'];
  /** What is remembered of how much the camera of a channel talks. */
  readonly hearing: (channel: number) => HearingMemory;
  readonly clock: Clock;
  readonly log: Logger;
}

const PORT_PAUSES: Pauses = { minMs: 1_000, maxMs: 60_000, healthyMs: 10_000 };

/** What the cameras of a gateway share. */
export class CameraSite implements Runnable {
  readonly presets: CameraPtz['presets'];
  readonly hearing: CameraSiteParts['hearing'];
  readonly hubs = new EventHubs();
  readonly receiver: WebhookReceiver | undefined;
  readonly #parts: CameraSiteParts;

  constructor(parts: CameraSiteParts) {
    const { events, presets, hearing, log } = parts;
    this.#parts = parts;
    this.presets = presets;
    this.hearing = hearing;
    const at = listenAddress(events.webhook_listen);
    this.receiver = events.webhook ? new WebhookReceiver({ ...at, log }) : undefined;
  }

  /** A port that cannot be had costs the cameras that need it their events, and nobody else anything. */
  async run(signal: AbortSignal): Promise<void> {
    const { receiver } = this;
    const { clock, log } = this.#parts;
    if (receiver) await supervise((life) => receiver.runWhenNeeded(life), { signal, clock, log, pauses: PORT_PAUSES });
  }
}

export interface CameraWorld {
  readonly clock: Clock;
  readonly log: Logger;
  /** Without it a camera is only looked at: nothing of it is kept, and its events are not heard. */
  readonly site?: CameraSite;
  /** Finds an ONVIF camera by who it is; without it, it is looked for where the configuration has it. */
  readonly finder: CameraFinder | undefined;
}

/** The camera of a channel, as its configuration says how to reach it. */
export function cameraFor(entry: ChannelConfig, world: CameraWorld): Camera {
  const { channel, name = `Channel ${channel}`, onvif, rtsp } = entry;
  const { clock, log } = world;
  if (rtsp) return new RtspCamera({ url: new URL(rtsp.url), credentials: rtsp.credentials, name, clock, log });
  if (!onvif) throw new GatewayError('config-invalid', 'a channel needs onvif or rtsp', { channel });
  const { host = '', port, tls, credentials } = onvif;
  return new OnvifCamera({
    host,
    ...(port !== undefined && { port }),
    // Where https is not asked for, the search may still find the camera on 443.
    ...(tls && { scheme: 'https' as const }),
    credentials,
    ...onvifParts(entry, world),
  });
}

/** All that an ONVIF camera is told beside where it is and how to log in. */
function onvifParts(
  { channel, live, ptz, events }: ChannelConfig,
  { clock, log, site, finder }: CameraWorld,
): Omit<OnvifCameraParts, 'credentials' | 'host'> {
  const world = { clock, log };
  return {
    finder,
    describe: (url, login, signal) => describe(url, login, clock, signal),
    profile: live.profile,
    ptz: { presets: site?.presets ?? inMemory, quirks: quirksOf(ptz), deadManMs: ptz.stop_after * 1000 },
    events: site && events.enabled ? eventsOf(events, { site, memory: site.hearing(channel) }, world) : undefined,
    ...world,
  };
}

function quirksOf({ function_presets: functionPresets, ...ptz }: ChannelConfig['ptz']): Partial<PtzQuirks> {
  return {
    invertX: ptz.invert_x,
    invertY: ptz.invert_y,
    swapXY: ptz.swap_xy,
    maxVelocity: ptz.max_velocity,
    diagonal: ptz.diagonal,
    stopBeforeMove: ptz.stop_before_move,
    noTimeout: ptz.no_timeout,
    zeroAfterStop: ptz.zero_after_stop,
    ...(functionPresets && { functionPresets }),
  };
}

function eventsOf(
  events: ChannelConfig['events'],
  { site, memory }: { readonly site: CameraSite; readonly memory: HearingMemory },
  world: { readonly clock: Clock; readonly log: Logger },
): CameraEvents {
  const options = {
    startOnInitialized: events.start_on_initialized,
    regionAsTripwire: events.region_as_tripwire,
    relayAsInput: events.relay_as_input,
    inverted: new Set(events.inverted),
    invertedInputs: new Set(events.inverted_inputs),
  };
  const alarms = new AlarmSource({ options, memory, ...world });
  return { alarms, hubs: site.hubs, receiver: site.receiver, noUnsubscribe: events.no_unsubscribe, ...world };
}

function inMemory(): PresetStore {
  let known: KnownPresets = new Map();
  return {
    load: () => known,
    save: (next) => {
      known = next;
    },
  };
}
