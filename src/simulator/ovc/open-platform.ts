import { getRequestListener } from '@hono/node-server';
import { systemClock } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { Scope } from '../../runtime/scope.ts';
import { AlarmLog } from './alarm-log.ts';
import { DEFAULT_ANSWERS } from './answers.ts';
import { platformApi } from './api.ts';
import { Bell } from './bell.ts';
import { Tours } from './conformance/tours.ts';
import { Devices } from './devices.ts';
import { Faults } from './faults.ts';
import { Listener, type ListenerParts } from './listener.ts';
import { Door } from './login.ts';
import { hostOf, limitsOf, type OvcOptions } from './options.ts';
import { Pictures } from './pictures.ts';
import type { Platform } from './platform.ts';
import { RecordingDesk } from './recording-desk.ts';
import { Recordings } from './recordings.ts';
import { RtmpIngest } from './rtmp-ingest.ts';

/** A platform, and whoever tries devices on it. */
export interface OpenPlatform extends Platform {
  readonly tours: Tours;
}

/**
 * Builds the parts and opens the listeners.
 * @throws GatewayError `config-invalid` for an open address without a token, or when node-media-server is missing
 */
export async function openPlatform(options: OvcOptions): Promise<OpenPlatform> {
  const scope = new Scope();
  const parts = partsOf(options, scope.signal);
  const { listener, devices, faults, recordings, log } = parts;
  const { accounts } = options;
  for (const code of accounts === 'any' ? [] : Object.keys(accounts)) devices.admit(code);
  const door = new Door({ accounts, faults, device: (code) => devices.admit(code), log });
  let ingest: RtmpIngest | undefined;
  const close = async (): Promise<void> => {
    scope.end();
    door.close();
    await ingest?.close();
    await listener.close();
    await recordings.folder.close();
  };
  try {
    ingest = await openIngest(options, parts);
    const platform = { ...parts, ingest, rtmpUrl: rtmpAddresses(options, { listener, ingest }), close };
    const upgrade: ListenerParts['upgrade'] = (request, socket, head) => door.knock(request, socket, head);
    const tours = new Tours(platform);
    await listener.open(options.port ?? 0, { request: desks(platform, tours), upgrade });
    return { ...platform, tours };
  } catch (err) {
    await close();
    throw err;
  }
}

type Parts = Omit<Platform, 'ingest' | 'rtmpUrl' | 'close'>;

function partsOf(options: OvcOptions, signal: AbortSignal): Parts {
  const { token, log, clock = systemClock } = options;
  const { storeBytes: maxStoreBytes, ...limits } = limitsOf(options);
  const bell = new Bell();
  const faults = new Faults();
  const listener = new Listener(hostOf(options));
  const origin = (): string => `http://${listener.authority()}`;
  const pictures = new Pictures({ origin, clock, bell });
  const alarms = new AlarmLog(pictures, clock);
  const answers = { ...DEFAULT_ANSWERS, AlarmNotify: alarms.note, ...options.answers };
  return {
    faults,
    devices: new Devices({ answers, faults, limits, bell, clock, log, signal }),
    recordings: new Recordings({ origin, token, maxStoreBytes, clock, bell }),
    pictures,
    alarms,
    listener,
    bell,
    clock,
    token,
    log,
    signal,
  };
}

async function openIngest(options: OvcOptions, { faults, log, clock, bell }: Parts): Promise<RtmpIngest | undefined> {
  const { rtmp = {} } = options;
  if (rtmp === false) return undefined;
  const changed = (): void => bell.ring();
  return RtmpIngest.listen({ host: hostOf(options), port: 0, ...rtmp, faults, log, clock, changed });
}

function rtmpAddresses(
  { rtmp }: OvcOptions,
  { listener, ingest }: Pick<Platform, 'listener' | 'ingest'>,
): Platform['rtmpUrl'] {
  const scheme = rtmp !== false && rtmp?.tls ? 'rtmps' : 'rtmp';
  return (app, key) => {
    if (!ingest) throw new GatewayError('config-invalid', 'the simulator has no RTMP listener');
    return `${scheme}://${listener.authority(ingest.port)}/${app}/${key}`;
  };
}

/** Who answers which HTTP request. Uploads have desks of their own, because they are read at a pace. */
function desks(platform: Platform, tours: Tours): ListenerParts['request'] {
  const { recordings, pictures, faults, clock, log, signal } = platform;
  const desk = new RecordingDesk({ recordings, faults, clock, log, signal });
  const others = getRequestListener(platformApi(platform, tours).fetch, { overrideGlobalObjects: false });
  return (request, response) => {
    if (desk.takes(request)) void desk.answer(request, response);
    else if (pictures.takes(request)) void pictures.answer(request, response);
    else void others(request, response);
  };
}
