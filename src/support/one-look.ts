import type { Logger } from 'pino';
import type { ChannelConfig, Config } from '../config/schema.ts';
import { wantedBy } from '../gateway/belonging.ts';
import { scanner, searchedAddresses } from '../gateway/discovery.ts';
import { hostProber, type ProbeHost } from '../onvif/discovery/probe-host.ts';
import type { Sighting } from '../onvif/discovery/scans.ts';
import type { CameraFinder } from '../onvif/endpoint.ts';
import { Whereabouts } from '../onvif/identity/whereabouts.ts';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError, isKind } from '../runtime/errors.ts';
import { peekCameras } from '../store/peek.ts';

export interface OneLookParts {
  readonly config: Config;
  /** Of the gateway whose cameras these are. */
  readonly stateDirectory: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Finds cameras as the gateway does, for one look: by what it remembers, then by one scan for all. Keeps nothing. */
export class OneLook {
  readonly #parts: OneLookParts;
  readonly #probe: ProbeHost;
  #scanned: Promise<readonly Sighting[]> | undefined;
  #sightings: readonly Sighting[] = [];

  constructor(parts: OneLookParts) {
    this.#parts = parts;
    const { discovery } = parts.config;
    this.#probe = hostProber({ ...parts, port: discovery.port, from: () => searchedAddresses(discovery) });
  }

  /** Undefined for a channel that does not speak ONVIF. */
  async finderFor({ channel, onvif }: ChannelConfig): Promise<CameraFinder | undefined> {
    if (!onvif) return undefined;
    const { stateDirectory, clock, log } = this.#parts;
    const { cameras } = await peekCameras(stateDirectory);
    const whereabouts = new Whereabouts({
      wanted: wantedBy(onvif),
      credentials: onvif.credentials,
      memory: { recall: () => cameras[channel], keep: () => undefined },
      sightings: () => this.#sightings,
      lost: () => undefined,
      probe: this.#probe,
      ...{ clock, log },
    });
    return {
      find: (signal) => this.#find(whereabouts, signal),
      confirm: (device, signal) => whereabouts.confirm(device, signal),
    };
  }

  async #find(whereabouts: Whereabouts, signal: AbortSignal): Promise<URL> {
    try {
      return await whereabouts.find(signal);
    } catch (err) {
      const { enabled } = this.#parts.config.discovery;
      if (!enabled || !(err instanceof GatewayError) || isKind(err, 'camera-unauthorized')) throw err;
      this.#sightings = await this.#scan(signal);
      return whereabouts.find(signal);
    }
  }

  #scan(signal: AbortSignal): Promise<readonly Sighting[]> {
    const { config, clock } = this.#parts;
    this.#scanned ??= scanner(
      config,
      this.#parts,
    )(signal).then((found) => found.map((device) => ({ device, at: clock.wall() })));
    return this.#scanned;
  }
}
