import type { Logger } from 'pino';
import type { CamerasAnswer, TryAnswer, TryRequest } from '../admin/api.ts';
import type { CameraSearch } from '../admin/house.ts';
import { Refusal } from '../admin/refusal.ts';
import type { CameraStream } from '../channel/ports.ts';
import { faultOf } from '../config/issue-fault.ts';
import { parseChannel } from '../config/schema.ts';
import { channelOf } from '../gateway/belonging.ts';
import { cameraFor } from '../gateway/cameras.ts';
import type { Rooms } from '../gateway/gateway.ts';
import { StillMedia } from '../media/still.ts';
import { announcedIdentity } from '../onvif/identity/questions.ts';
import { type Clock, withDeadline } from '../runtime/clock.ts';
import { type ErrorKind, GatewayError } from '../runtime/errors.ts';
import { streamSeen } from './status/stream-seen.ts';

export interface NetworkSearchParts {
  readonly rooms: () => Rooms | undefined;
  /** The ffmpeg of the configuration. */
  readonly command: () => string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Longer than the search of all ports of one that answers nowhere. */
const LOOK_MS = 25_000;
const PICTURE_MS = 10_000;
/** The page waits two seconds longer for the whole answer. */
const ANSWER_MS = 28_000;
const SCAN_MS = 30_000;

/** Cameras of the network that need not be channels. */
export class NetworkSearch implements CameraSearch {
  readonly #parts: NetworkSearchParts;
  #scanning = 0;

  constructor(parts: NetworkSearchParts) {
    this.#parts = parts;
  }

  found(): CamerasAnswer {
    const rooms = this.#parts.rooms();
    if (!rooms) return { scanning: false, found: [] };
    const { scans, channels } = rooms.discovery;
    const site = { entries: channels, cameras: rooms.store.section('cameras').read() };
    return {
      scanning: this.#scanning > 0,
      ...(scans.endedAt && { scannedAt: scans.endedAt.toISOString() }),
      found: scans.sightings.map(({ device }) => {
        const { xaddr, endpoint, name, hardware } = device;
        const channel = channelOf(xaddr, announcedIdentity(device), site)?.channel;
        return {
          address: xaddr.href,
          host: xaddr.hostname.replace(/^\[|\]$/g, ''),
          port: xaddr.port === '' ? (xaddr.protocol === 'https:' ? 443 : 80) : Number(xaddr.port),
          ...(endpoint !== '' && { endpoint }),
          ...(name !== '' && { name }),
          ...(hardware !== '' && { hardware }),
          ...(channel !== undefined && { channel }),
        };
      }),
    };
  }

  async scan(signal: AbortSignal): Promise<CamerasAnswer> {
    const rooms = this.#parts.rooms();
    if (!rooms) throw new Refusal('set-up-first', 'there is no configuration yet');
    const late = (): Error => new GatewayError('timed-out', 'the search takes longer than expected');
    this.#scanning++;
    try {
      const { clock } = this.#parts;
      await withDeadline({ clock, ms: SCAN_MS, signal, late }, (life) => rooms.discovery.scans.now(life));
    } finally {
      this.#scanning--;
    }
    return this.found();
  }

  async try(request: TryRequest, signal: AbortSignal): Promise<TryAnswer> {
    const { clock, log } = this.#parts;
    const entry = this.#entryFor(request);
    const since = clock.now();
    const late = (): Error => new GatewayError('camera-unreachable', 'the camera does not answer in time');
    try {
      const look = (life: AbortSignal) => cameraFor(entry, { clock, log, finder: undefined }).info(life);
      const { streams, device } = await withDeadline({ clock, ms: LOOK_MS, signal, late }, look);
      const picture = await this.#picture(streams, since + ANSWER_MS, signal);
      return { ok: true, profiles: streams.map(streamSeen), ...(picture && { picture }), ...(device && { device }) };
    } catch (err) {
      if (!(err instanceof GatewayError)) throw err;
      return { ok: false, kind: WHY_NOT[err.kind] ?? 'failed', why: err.sentence };
    }
  }

  #entryFor({ host, endpoint, port, rtsp, username, password }: TryRequest) {
    const login = { ...(username && { username }), ...(password && { password }) };
    const place = rtsp === undefined ? this.#placeOf(host, endpoint, port) : undefined;
    const camera = place ? { onvif: { ...place, ...login } } : { rtsp: { url: rtsp, ...login } };
    const parsed = parseChannel({ channel: 0, ...camera });
    if (parsed.success) return parsed.data;
    const faults = parsed.error.issues.map((issue) => faultOf({ ...issue, path: issue.path.slice(1) }, undefined));
    throw new Refusal('bad-request', 'something in it is not as it should be', { faults });
  }

  /** One that a scan has found is where it said. */
  #placeOf(host: string | undefined, endpoint: string | undefined, port: number | undefined) {
    const seen = endpoint === undefined ? undefined : this.found().found.find((each) => each.endpoint === endpoint);
    if (host === undefined && seen) return { host: seen.host, port: seen.port };
    if (host === undefined) throw new Refusal('bad-request', 'needs a host, or an endpoint that a scan has found');
    return { host, ...(port !== undefined && { port }) };
  }

  /** Of the smallest stream, because that comes soonest; a camera without one is a camera all the same. */
  async #picture(streams: readonly CameraStream[], until: number, signal: AbortSignal): Promise<string | undefined> {
    const { clock, log, command } = this.#parts;
    const ms = Math.min(PICTURE_MS, until - clock.now());
    const pixels = ({ width = 0, height = 0 }: CameraStream): number => width * height;
    const smallestFirst = [...streams].sort((a, b) => pixels(a) - pixels(b));
    const stills = new StillMedia({ command: command(), feeds: { cached: () => undefined }, clock, log });
    const late = (): Error => new GatewayError('timed-out', 'the picture took too long');
    try {
      const jpeg = await withDeadline({ clock, ms, signal, late }, stills.grab(smallestFirst));
      return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
    } catch (err) {
      log.debug({ err }, 'no picture of the camera that was tried');
      return undefined;
    }
  }
}

type WhyNot = Extract<TryAnswer, { ok: false }>['kind'];

const WHY_NOT: Partial<Record<ErrorKind, WhyNot>> = {
  'camera-unreachable': 'camera-unreachable',
  'camera-unauthorized': 'camera-unauthorized',
  'not-onvif': 'not-onvif',
  'no-usable-profile': 'no-usable-profile',
};
