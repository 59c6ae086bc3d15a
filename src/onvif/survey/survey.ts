import type { Logger } from 'pino';
import type { Credentials } from '../../channel/ports.ts';
import type { Clock } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { deviceInformation, type ServiceAddresses, serviceAddresses } from '../device.ts';
import type { ProbeHost } from '../discovery/probe-host.ts';
import { findDevice, type Place } from '../endpoint.ts';
import { joined, NOBODY } from '../identity/identity.ts';
import { whoAnswers } from '../identity/introduction.ts';
import { saidIdentity } from '../identity/questions.ts';
import type { MediaProfile } from '../media.ts';
import { mediaProfiles } from '../profiles.ts';
import { OnvifSession } from '../session.ts';
import { Snapshots } from '../snapshots.ts';
import { cameraStreams, type Describe } from '../streams.ts';
import { eventsSeen } from './events-seen.ts';
import { movesOf } from './moves.ts';
import { oddities } from './oddities.ts';
import type { Learnt, Survey } from './report.ts';

export interface SurveyParts {
  readonly credentials: Credentials | undefined;
  readonly describe: Describe;
  readonly probe: ProbeHost;
  /** How long events are listened for. */
  readonly eventsMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Looks at everything that one camera has, once.
 * @throws GatewayError `camera-unreachable`, `not-onvif`, `camera-fault` where no ONVIF device answers
 */
export async function survey(place: Place, parts: SurveyParts, signal: AbortSignal): Promise<Survey> {
  const { credentials, clock, log } = parts;
  const device = await findDevice(place, { clock, log }, signal);
  const faults = new Map<string, string>();
  const session = new OnvifSession({ device, credentials, clock, log });
  try {
    const learnt = await new Surveyor({ session, faults, ...parts }).learn(signal);
    const services = Object.fromEntries([...learnt.services].map(([name, { href }]) => [name, href]));
    return { ...learnt, services, quirks: oddities(learnt, session.httpLogin), faults: Object.fromEntries(faults) };
  } finally {
    session.close();
  }
}

interface SurveyorParts extends SurveyParts {
  readonly session: OnvifSession;
  readonly faults: Map<string, string>;
}

class Surveyor {
  readonly #parts: SurveyorParts;

  constructor(parts: SurveyorParts) {
    this.#parts = parts;
  }

  async learn(signal: AbortSignal): Promise<Learnt> {
    const { session, clock, probe, log } = this.#parts;
    const { device } = session;
    const who = { device, probe, clock, log };
    const openly = (await this.#try('identity', () => whoAnswers(who, NOBODY, signal))) ?? NOBODY;
    const greeted = await this.#try('login', () => session.greet(signal).then(() => true));
    const said = greeted && (await this.#try('login', () => saidIdentity(session, signal)));
    const basics = { address: device.href, openly, identity: said ? joined(openly, said) : openly };
    const clockKnown = session.clockOffsetMs === undefined ? {} : { clockOffsetMs: session.clockOffsetMs };
    if (!said) return { ...basics, ...clockKnown, services: new Map(), profiles: [], streams: [] };
    const information = await this.#try('device', () => deviceInformation(session, signal));
    const services = (await this.#try('services', () => serviceAddresses(session, signal))) ?? new Map();
    const offers = await this.#offers(services, signal);
    return { ...basics, ...clockKnown, ...(information && { device: information }), services, ...offers };
  }

  /** Events take their time, in a lane of their own; the rest goes on beside them. */
  async #offers(services: ServiceAddresses, signal: AbortSignal): Promise<Pick<Learnt, 'profiles' | 'streams'>> {
    const { session, eventsMs, clock } = this.#parts;
    const at = services.get('events');
    const hearing = at
      ? this.#try('events', () => eventsSeen({ session, events: at, clock, forMs: eventsMs }, signal))
      : undefined;
    const profiles = (await this.#try('profiles', () => mediaProfiles(session, services, signal))) ?? [];
    const streams = (await this.#try('streams', () => this.#streams(services, profiles, signal))) ?? [];
    const moves = await this.#try('ptz', () => movesOf({ session, services, profiles }, signal));
    const snapshotBytes = await this.#try('snapshot', () => this.#snapshot(services, profiles, signal));
    const events = await hearing;
    return {
      profiles,
      streams: streams.map(({ credentials: _, confirm: __, ...stream }) => stream),
      ...(moves && { moves }),
      ...(events && { events }),
      ...(snapshotBytes !== undefined && { snapshotBytes }),
    };
  }

  async #streams(services: ServiceAddresses, profiles: readonly MediaProfile[], signal: AbortSignal) {
    const { session, credentials, describe, log } = this.#parts;
    return cameraStreams({ session, services, credentials, describe, log, known: new Map() }, profiles, signal);
  }

  async #snapshot(services: ServiceAddresses, profiles: readonly MediaProfile[], signal: AbortSignal): Promise<number> {
    const snapshots = new Snapshots({ ...this.#parts, services, profiles });
    try {
      return (await snapshots.take(signal)).length;
    } finally {
      snapshots.close();
    }
  }

  async #try<T>(part: string, look: () => Promise<T>): Promise<T | undefined> {
    try {
      return await look();
    } catch (err) {
      if (!(err instanceof GatewayError)) throw err;
      this.#parts.faults.set(part, err.sentence);
      return undefined;
    }
  }
}
