import type { Config } from '../config/schema.ts';
import { Gateway, type GatewayParts } from '../gateway/gateway.ts';
import { Roster } from '../runtime/roster.ts';
import type { Runnable } from '../runtime/supervise.ts';
import { type DirectoryLock, lockDirectory } from '../store/lock.ts';

export interface GatewaySeatParts {
  /** All that a gateway for a configuration needs. */
  readonly partsFor: (config: Config) => GatewayParts;
}

/** The gateway at work, or none yet. One goes before the next comes: they share state, spool and login. */
export class GatewaySeat implements Runnable {
  readonly #parts: GatewaySeatParts;
  readonly #roster = new Roster<'gateway', Gateway>();
  #locked: { readonly directory: string; readonly lock: DirectoryLock } | undefined;

  constructor(parts: GatewaySeatParts) {
    this.#parts = parts;
  }

  get gateway(): Gateway | undefined {
    return this.#roster.members.get('gateway');
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#roster.run(signal);
    } finally {
      await this.#locked?.lock.release();
    }
  }

  /**
   * Ends the gateway that is at work and opens another.
   * @throws what `Gateway.open` throws, GatewayError `state-in-use`; then there is none
   */
  async build(config: Config): Promise<void> {
    await this.#roster.replace('gateway');
    const parts = this.#parts.partsFor(config);
    await this.#lock(parts.stateDirectory);
    this.#roster.add('gateway', await Gateway.open(parts));
  }

  async #lock(directory: string): Promise<void> {
    if (this.#locked?.directory === directory) return;
    await this.#locked?.lock.release();
    this.#locked = undefined;
    this.#locked = { directory, lock: await lockDirectory(directory) };
  }
}
