import type { Credentials } from '../channel/ports.ts';
import { type Clock, withDeadline } from '../runtime/clock.ts';
import { DigestAuth } from '../runtime/digest-auth.ts';
import { GatewayError, isKind } from '../runtime/errors.ts';
import { aborted, Scope } from '../runtime/scope.ts';
import { likelyAddresses } from './addresses.ts';
import type { ServiceAddresses } from './device.ts';
import { CameraHttp, type HttpFile } from './http.ts';
import type { MediaProfile } from './media.ts';
import { snapshotUri } from './profiles.ts';
import type { OnvifSession } from './session.ts';

export interface SnapshotsParts {
  readonly session: OnvifSession;
  readonly services: ServiceAddresses;
  /** The profiles of the channel's source, the wanted one first. */
  readonly profiles: readonly MediaProfile[];
  readonly credentials: Credentials | undefined;
  readonly clock: Clock;
}

const DEADLINE_MS = 5000;
/** Within this time one picture serves all who ask. */
const FRESH_MS = 1000;
const LEAST_BYTES = 1024;
const MOST_BYTES = 8 * 1024 * 1024;
/** Cameras lock an account after a few wrong answers; the web user need not be the ONVIF user. */
const REFUSED_MS = 5 * 60_000;

/** The pictures that a camera itself makes, one at a time (ONVIF field guide 4.3). */
export class Snapshots {
  readonly #parts: SnapshotsParts;
  readonly #http = new CameraHttp();
  #login: DigestAuth | undefined;
  readonly #life = new Scope();
  /** Where the picture was found last. */
  #found: URL | undefined;
  #latest: { readonly askedMs: number; readonly picture: Promise<Buffer> } | undefined;
  #refusedMs = Number.NEGATIVE_INFINITY;

  constructor(parts: SnapshotsParts) {
    this.#parts = parts;
    this.#login = parts.credentials && new DigestAuth(parts.credentials);
  }

  /**
   * A fresh JPEG.
   * @throws GatewayError `unsupported`, `camera-fault`, `camera-unauthorized`, `camera-unreachable`
   */
  async take(signal: AbortSignal): Promise<Buffer> {
    const { clock } = this.#parts;
    const before = this.#latest;
    const isFresh = before !== undefined && clock.now() - before.askedMs <= FRESH_MS;
    const latest = isFresh ? before : { askedMs: clock.now(), picture: this.#next(before?.picture) };
    this.#latest = latest;
    const scope = new Scope(signal);
    const left = aborted(scope.signal).then(() => Promise.reject(signal.reason));
    return Promise.race([latest.picture, left]).finally(() => scope.end());
  }

  /** Ends what is under way. */
  close(): void {
    this.#life.end(new GatewayError('channel-offline', 'the camera is gone'));
    this.#http.close();
  }

  async #next(before: Promise<unknown> | undefined): Promise<Buffer> {
    await before?.catch(() => undefined);
    const { clock } = this.#parts;
    const late = (): Error => new GatewayError('camera-fault', 'camera sent no snapshot in time');
    return withDeadline({ clock, ms: DEADLINE_MS, signal: this.#life.signal, late }, (scope) => this.#picture(scope));
  }

  async #picture(signal: AbortSignal): Promise<Buffer> {
    if (this.#found) {
      try {
        return await this.#fetch(this.#found, signal);
      } catch (err) {
        // Some addresses serve once, and some change with the session.
        if (signal.aborted || isKind(err, 'camera-unauthorized')) throw err;
        this.#found = undefined;
      }
    }
    let failure: unknown = new GatewayError('unsupported', 'the camera has no snapshot');
    for (const url of await this.#addresses(signal)) {
      try {
        const picture = await this.#fetch(url, signal);
        this.#found = url;
        return picture;
      } catch (err) {
        if (signal.aborted || isKind(err, 'camera-unauthorized')) throw err;
        failure = err;
      }
    }
    throw failure;
  }

  async #addresses(signal: AbortSignal): Promise<URL[]> {
    const { session, services, profiles } = this.#parts;
    for (const profile of profiles) {
      const told = await snapshotUri(session, services, profile, signal);
      if (told !== undefined) return likelyAddresses(told, session.device);
    }
    return [];
  }

  /** Without a login first, then with the one that the camera asks for. */
  async #fetch(url: URL, signal: AbortSignal): Promise<Buffer> {
    const { clock, credentials } = this.#parts;
    if (clock.now() - this.#refusedMs < REFUSED_MS) throw unauthorized('refused just before');
    const first = await this.#get(url, signal);
    if (first.status !== 401) return checked(first);
    const worthwhile = this.#login?.challenged(first.challenges) ?? false;
    const second = worthwhile ? await this.#get(url, signal) : first;
    if (second.status !== 401) return checked(second);
    this.#login = credentials && new DigestAuth(credentials);
    this.#refusedMs = clock.now();
    throw unauthorized('wrong user name or password');
  }

  #get(url: URL, signal: AbortSignal): Promise<HttpFile> {
    const make = () => {
      const Authorization = this.#login?.authorization('GET', url.pathname + url.search);
      return { url, headers: Authorization === undefined ? {} : { Authorization }, maxBytes: MOST_BYTES };
    };
    return this.#http.get(make, signal);
  }
}

/** 200 with a web page or with nothing has been seen. */
function checked({ status, bytes }: HttpFile): Buffer {
  const isJpeg = bytes.length >= LEAST_BYTES && bytes[0] === 0xff && bytes[1] === 0xd8;
  if (status === 200 && isJpeg) return bytes;
  throw new GatewayError('camera-fault', 'camera sent no picture', { status, bytes: bytes.length });
}

function unauthorized(reason: string): GatewayError {
  return new GatewayError('camera-unauthorized', 'camera refuses the login for its snapshot', { reason });
}
