import type { Logger } from 'pino';
import type { BoxOrders } from '../admin/house.ts';
import type { Config } from '../config/schema.ts';
import { stateDirectory } from '../config/state-directory.ts';
import type { Restart } from '../device/reboot.ts';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { bundleName, supportBundle } from '../support/bundle.ts';
import type { Configuration } from './configuration.ts';
import { loginOf } from './login.ts';
import type { LogLines } from './memory/log-lines.ts';
import type { SiteWatch } from './watching.ts';

export interface LocalBoxParts {
  readonly configuration: Configuration;
  readonly config: () => Config | undefined;
  readonly site: SiteWatch;
  readonly lines: LogLines;
  readonly restart: Restart;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
}

const ANSWER_MS = 300;

/** What the local page asks of the box. */
export class LocalBox implements BoxOrders {
  readonly #parts: LocalBoxParts;

  constructor(parts: LocalBoxParts) {
    this.#parts = parts;
  }

  async supportBundle(signal: AbortSignal): Promise<{ readonly name: string; readonly content: Buffer }> {
    const { configuration, config: inForce, site, lines, env, version, clock, log } = this.#parts;
    const config = inForce();
    const login = () => {
      if (!config) throw new GatewayError('config-invalid', 'there is no configuration');
      return loginOf(config, version);
    };
    const directory = stateDirectory(config ?? { state_dir: undefined }, env);
    const parts = {
      ...{ file: configuration.file, config, login, stateDirectory: directory, version, clock, log },
      // A second login would throw this one off.
      linked: 'not tried: this gateway is running with this login',
      status: site.status(),
      logLines: lines.texts,
      scrub: configuration.scrub,
    };
    return { name: bundleName(clock.wall()), content: await supportBundle(parts, signal) };
  }

  /** In a moment, so that the answer gets out before the door closes. */
  restart(): void {
    const { clock, restart } = this.#parts;
    void clock.sleep(ANSWER_MS, new AbortController().signal).then(() => restart('asked for on the page'));
  }
}
