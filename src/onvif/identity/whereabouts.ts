import type { Logger } from 'pino';
import type { Credentials } from '../../channel/ports.ts';
import { unreachable } from '../../runtime/camera-unreachable.ts';
import type { Clock } from '../../runtime/clock.ts';
import { GatewayError, isKind } from '../../runtime/errors.ts';
import type { DiscoveredDevice } from '../discovery/device.ts';
import type { ProbeHost } from '../discovery/probe-host.ts';
import type { Sighting } from '../discovery/scans.ts';
import { type CameraFinder, findDevice, type Place, placeOf } from '../endpoint.ts';
import {
  type CameraIdentity,
  isEndpoint,
  isProof,
  joined,
  type Likeness,
  likeness,
  NOBODY,
  nameOf,
  sameEndpoint,
} from './identity.ts';
import { introduced, type Stranger, whoAnswers } from './introduction.ts';
import { announcedIdentity } from './questions.ts';

/** A camera that has let us in once: who it is, and where it was then. */
export interface KnownCamera {
  readonly identity: CameraIdentity;
  /** It says who it is without a login, so that one which does not is hardly the same. */
  readonly openly: boolean;
  /** Its device service, without user info. */
  readonly address: string;
  /** What the configuration said of it then; another word there makes it another camera. */
  readonly wanted: string;
}

/** Where that is kept. */
export interface CameraMemory {
  recall(): KnownCamera | undefined;
  keep(known: KnownCamera): void;
}

/** What the configuration says of the camera: where it is, or its endpoint; and its serial number, where one is given. */
export interface WantedCamera extends Omit<Place, 'host'> {
  readonly host?: string;
  readonly endpoint?: string;
  readonly serial?: string;
}

export interface WhereaboutsParts {
  readonly wanted: WantedCamera;
  readonly credentials: Credentials | undefined;
  readonly memory: CameraMemory;
  /** Who has answered the latest scans. */
  readonly sightings: () => readonly Sighting[];
  /** The camera is not where it was: a scan would be welcome. Called once for each time it gets lost. */
  readonly lost: () => void;
  readonly probe: ProbeHost;
  readonly clock: Clock;
  readonly log: Logger;
}

/** So many devices that may be the camera are looked at in one search. */
const MOST_CANDIDATES = 8;
/** A device that turned out to be another one, or has refused the login, gets no login for so long. */
const SHUNNED_MS = 10 * 60_000;
/** A camera whose discovery was switched off gets its login after so long; a packet that was lost is no reason to. */
const MUTE_MS = 10 * 60_000;

interface Candidate {
  readonly place: Place;
  /** It answers where the camera should be; of a device elsewhere, more is asked before it gets a login. */
  readonly expected: boolean;
}

/** What is known of the camera and of who answers, before a login. */
interface Meeting {
  readonly stranger: Stranger;
  readonly sought: CameraIdentity;
  readonly like: Likeness;
  /** The configuration's word is all there is. */
  readonly first: boolean;
}

/**
 * Finds one camera: where it was, where the configuration has it, or where the scans have seen it. Never sends the login
 * to a device that can be told to be another one (README.md has the rules). Knows one search at a time.
 */
export class Whereabouts implements CameraFinder {
  readonly #parts: WhereaboutsParts;
  readonly #shunned = new Map<string, number>();
  /** Since when a device does not say who it is, by host and port. */
  readonly #mute = new Map<string, { readonly sinceMs: number; readonly lastMs: number }>();
  #missed = false;

  constructor(parts: WhereaboutsParts) {
    this.#parts = parts;
  }

  /**
   * The device service of this very camera.
   * @throws GatewayError `other-camera` (somebody else is where it should be), `camera-unauthorized`, and as
   * `findDevice` does
   */
  async find(signal: AbortSignal): Promise<URL> {
    try {
      const device = await this.#search(signal);
      this.#missed = false;
      return device;
    } catch (err) {
      if (!this.#missed && !signal.aborted) this.#parts.lost();
      this.#missed = true;
      throw err;
    }
  }

  async #search(signal: AbortSignal): Promise<URL> {
    const failures: GatewayError[] = [];
    const silent = new Set<string>();
    for (const candidate of this.#candidates()) {
      const { host } = candidate.place;
      const answer = silent.has(host) ? undefined : await this.#answerAt(candidate, signal);
      if (answer instanceof URL) return answer;
      if (answer && candidate.expected) failures.push(answer);
      if (answer && isSilent(answer)) silent.add(host);
    }
    const telling = failures.find(({ kind }) => kind === 'other-camera') ?? failures[0];
    throw telling ?? unreachable(NOT_FOUND);
  }

  async confirm(device: URL, signal: AbortSignal): Promise<void> {
    const known = this.#known();
    // Of a camera that never says who it is, asking again tells nothing.
    if (!known?.openly) return;
    const sought = soughtFor(this.#parts.wanted, known.identity);
    const told = await whoAnswers(this.#stranger(device), sought, signal);
    if (!isProof(likeness(sought, told))) throw otherCamera(device, nameOf(told));
  }

  #known(): KnownCamera | undefined {
    const { memory, wanted } = this.#parts;
    const known = memory.recall();
    return known?.wanted === wish(wanted) ? known : undefined;
  }

  #candidates(): Candidate[] {
    const { host, ...rest } = this.#parts.wanted;
    const known = this.#known();
    const before = known && { place: placeOf(new URL(known.address)), expected: true };
    const configured = host === undefined ? undefined : { place: { ...rest, host }, expected: true };
    const repeated = before?.place.host === host && before?.place.port === rest.port;
    const seen = this.#parts
      .sightings()
      .map(({ device }) => device)
      .filter((device) => this.#mayBe(device, known?.identity))
      .slice(0, MOST_CANDIDATES)
      .map(({ xaddr }) => ({ place: placeOf(xaddr), expected: false }));
    return [...(before ? [before] : []), ...(configured && !repeated ? [configured] : []), ...seen];
  }

  /** Nothing that a scan tells of the device speaks against it. */
  #mayBe(device: DiscoveredDevice, known: CameraIdentity | undefined): boolean {
    if (!known) return sameEndpoint(device.endpoint, this.#parts.wanted.endpoint ?? '');
    const like = likeness(known, announcedIdentity(device));
    const hardware = device.hardware.toLowerCase();
    return like === 'unknown' ? hardware === '' || hardware === known.model.toLowerCase() : like !== 'other';
  }

  /** The camera's address, or why it is not there. */
  async #answerAt(candidate: Candidate, signal: AbortSignal): Promise<URL | GatewayError> {
    try {
      return await this.#tried(candidate, signal);
    } catch (err) {
      // A refusal of the login, by whom it was meant for, would be repeated elsewhere.
      if (!(err instanceof GatewayError) || signal.aborted || err.kind === 'camera-unauthorized') throw err;
      return err;
    }
  }

  async #tried({ place, expected }: Candidate, signal: AbortSignal): Promise<URL> {
    const { clock, log, memory, wanted } = this.#parts;
    const device = await findDevice(place, { clock, log }, signal);
    const known = this.#known();
    const sought = soughtFor(wanted, known?.identity);
    const stranger = this.#stranger(device);
    const isNew = sought === NOBODY;
    const told = isNew ? NOBODY : await whoAnswers(stranger, sought, signal);
    const like = likeness(sought, told);
    if (like === 'other') throw otherCamera(device, nameOf(told));
    // Elsewhere, a device that shows nothing of the camera is none of ours.
    if (like === 'unknown' && !expected) throw unreachable(NOT_FOUND);
    if (like === 'same') {
      const identity = confirmed(sought, told);
      memory.keep({ identity, openly: true, address: device.href, wanted: wish(wanted) });
      return device;
    }
    if (like === 'unknown' && known?.openly) this.#mustSpeak(device);
    else this.#mute.delete(device.host);
    const first = known === undefined && expected;
    const identity = await this.#introduced({ stranger, sought, like, first }, signal);
    const itself = soughtFor(wanted, identity);
    // An endpoint comes from discovery, which wants no login: once told, a packet that is lost now proves nothing.
    const spoke = isProof(like) || (isNew && isEndpoint(identity.endpoint));
    const openly = spoke || isProof(likeness(itself, await whoAnswers(stranger, itself, signal)));
    memory.keep({ identity, openly, address: device.href, wanted: wish(wanted) });
    return device;
  }

  /** @throws GatewayError `other-camera` until the device has been mute for long */
  #mustSpeak(device: URL): void {
    const now = this.#parts.clock.now();
    const before = this.#mute.get(device.host);
    const sinceMs = before && now - before.lastMs < MUTE_MS ? before.sinceMs : now;
    this.#mute.set(device.host, { sinceMs, lastMs: now });
    if (now - sinceMs < MUTE_MS) throw otherCamera(device, 'it does not say who it is');
  }

  /** Who it says it is once it has let us in. */
  async #introduced({ stranger, sought, like, first }: Meeting, signal: AbortSignal): Promise<CameraIdentity> {
    const { credentials, clock } = this.#parts;
    const { device } = stranger;
    const shun = (reason: string): GatewayError => {
      this.#shunned.set(device.host, clock.now() + SHUNNED_MS);
      return otherCamera(device, reason);
    };
    if ((this.#shunned.get(device.host) ?? 0) > clock.now()) throw otherCamera(device, NOT_TOLD);
    try {
      const identity = await introduced(stranger, { credentials, digestOnly: !first }, signal);
      if (likeness(sought, identity) === 'other') throw shun(nameOf(identity));
      return joined(sought, identity);
    } catch (err) {
      if (first || like === 'endpoint' || !isKind(err, 'camera-unauthorized')) throw err;
      throw shun(NOT_TOLD);
    }
  }

  #stranger(device: URL): Stranger {
    const { probe, clock, log } = this.#parts;
    return { device, probe, clock, log };
  }
}

const NOT_FOUND = 'it has not been found yet';
const NOT_TOLD = 'it does not say who it is, and refuses the login';

/** With a serial number given, the endpoint proves nothing: it may change, and then the number is the way out. */
function soughtFor({ serial, endpoint = '' }: WantedCamera, known: CameraIdentity | undefined): CameraIdentity {
  if (serial !== undefined) return { ...(known ?? NOBODY), serial, endpoint: '' };
  if (known) return known;
  return isEndpoint(endpoint) ? { ...NOBODY, endpoint } : NOBODY;
}

/** An endpoint that has changed while the camera is the same will change again. */
function confirmed(known: CameraIdentity, told: CameraIdentity): CameraIdentity {
  const stays = told.endpoint === '' || sameEndpoint(known.endpoint, told.endpoint);
  return { ...joined(known, told), endpoint: stays ? known.endpoint : '' };
}

/** Other ports of the host need not be tried. */
function isSilent({ kind, fields }: GatewayError): boolean {
  return kind === 'camera-unreachable' && (fields['reason'] === 'no answer' || fields['reason'] === 'no route');
}

/** The configuration's word in short, to know whether it is still the same. */
export function wish({ host = '', endpoint = '', serial = '' }: WantedCamera): string {
  return [host, endpoint, serial].join(' ').trim();
}

function otherCamera(device: URL, reason: string): GatewayError {
  return new GatewayError('other-camera', 'another camera answers at this address', { address: device.host, reason });
}
