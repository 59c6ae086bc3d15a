import type { Config } from '../config/schema.ts';
import { Gateway, type GatewayParts } from '../gateway/gateway.ts';
import { type GatewayError, isKind } from '../runtime/errors.ts';
import { Roster } from '../runtime/roster.ts';
import { Scope } from '../runtime/scope.ts';
import { type Pauses, type Runnable, supervise } from '../runtime/supervise.ts';
import { type DirectoryLock, lockDirectory } from '../store/lock.ts';

export interface GatewaySeatParts {
  /** All that a gateway for a configuration needs. */
  readonly partsFor: (config: Config) => GatewayParts;
  /** Hears that a gateway has begun later than it was built. */
  readonly onLate: () => void;
}

/** The gateway at work, or none yet. One goes before the next comes: they share state, spool and login. */
export class GatewaySeat implements Runnable {
  readonly #parts: GatewaySeatParts;
  readonly #roster = new Roster<'gateway', Seated>();
  /** The live views that the gateway before had to give, by channel number. */
  #wanted: GatewayParts['wanted'];
  #whose = '';
  #locked: { readonly directory: string; readonly lock: DirectoryLock } | undefined;

  constructor(parts: GatewaySeatParts) {
    this.#parts = parts;
  }

  get gateway(): Gateway | undefined {
    return this.#roster.members.get('gateway')?.gateway;
  }

  /** Why there is no gateway yet, although it has been built: it is tried again. */
  get lateFor(): string | undefined {
    return this.#roster.members.get('gateway')?.lateFor;
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#roster.run(signal);
    } finally {
      await this.#locked?.lock.release();
    }
  }

  /**
   * Ends the gateway that is at work and opens another, which takes over the live views that are ordered; one whose
   * state cannot be read begins when it can be.
   * @throws what else `Gateway.open` throws, GatewayError `state-in-use`; then there is none
   */
  async build(config: Config): Promise<void> {
    const before = this.gateway;
    await this.#roster.replace('gateway');
    if (before) this.#wanted = before.rooms.channels.wanted;
    const parts = { ...this.#parts.partsFor(config), wanted: this.#wanted };
    // Another platform has ordered nothing, and another state gives other numbers.
    const whose = `${parts.login.url} ${parts.login.loginCode} ${parts.stateDirectory}`;
    if (whose !== this.#whose) parts.wanted = undefined;
    this.#whose = whose;
    await this.#lock(parts.stateDirectory);
    this.#roster.add('gateway', await Seated.open(parts, this.#parts.onLate));
  }

  async #lock(directory: string): Promise<void> {
    if (this.#locked?.directory === directory) return;
    await this.#locked?.lock.release();
    this.#locked = undefined;
    this.#locked = { directory, lock: await lockDirectory(directory) };
  }
}

/** For a state that cannot be read; too many open files, or a person who mends the rights. */
const PAUSES: Pauses = { minMs: 2_000, maxMs: 30_000, healthyMs: Number.POSITIVE_INFINITY };

/** A gateway, or the way to it: without its state it would give other numbers, and write over what it could not read. */
class Seated implements Runnable {
  readonly #parts: GatewayParts;
  readonly #onLate: () => void;
  #gateway: Gateway | undefined;
  #lateFor: GatewayError | undefined;

  private constructor(parts: GatewayParts, onLate: () => void) {
    this.#parts = parts;
    this.#onLate = onLate;
  }

  static async open(parts: GatewayParts, onLate: () => void): Promise<Seated> {
    const seated = new Seated(parts, onLate);
    try {
      await seated.#open();
    } catch (err) {
      if (!isKind(err, 'state-unreadable')) throw err;
      seated.#lateFor = err;
    }
    return seated;
  }

  get gateway(): Gateway | undefined {
    return this.#gateway;
  }

  get lateFor(): string | undefined {
    return this.#lateFor?.sentence;
  }

  async run(signal: AbortSignal): Promise<void> {
    if (!this.#gateway) await this.#openLate(signal);
    await this.#gateway?.run(signal);
  }

  async #open(): Promise<void> {
    this.#gateway = await Gateway.open(this.#parts);
    this.#lateFor = undefined;
  }

  async #openLate(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    const waiting = new Scope(signal);
    const once = async (): Promise<void> => {
      await this.#open();
      this.#onLate();
      waiting.end();
    };
    await supervise(once, { signal: waiting.signal, clock, log, pauses: PAUSES }).finally(() => waiting.end());
  }
}
