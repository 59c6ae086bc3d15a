import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { runProgram } from '../runtime/program.ts';
import { aborted } from '../runtime/scope.ts';
import type { Runnable } from '../runtime/supervise.ts';

export interface WatchdogParts {
  readonly env: NodeJS.ProcessEnv;
  /** Whether the gateway does what it is for; that the event loop turns is shown by asking. */
  readonly alive: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One who is not alive is asked again so soon: the period has another half. */
const ASK_AGAIN_MS = 2_000;

/**
 * Tells systemd that we are ready, that we stop, and in between, where the unit wants it, that we are alive. Does nothing
 * where no systemd listens. Node knows no datagram sockets of Unix, so the program that comes with systemd says it.
 */
export class Watchdog implements Runnable {
  readonly #parts: WatchdogParts;
  #told = false;

  constructor(parts: WatchdogParts) {
    this.#parts = parts;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { env } = this.#parts;
    if (!env.NOTIFY_SOCKET) return;
    const periodMs = Number(env.WATCHDOG_USEC ?? 0) / 1_000;
    await this.#say('READY=1');
    if (periodMs > 0) await this.#feed(periodMs / 2, signal);
    await aborted(signal);
    await this.#say('STOPPING=1');
  }

  async #feed(everyMs: number, signal: AbortSignal): Promise<void> {
    const { alive, clock } = this.#parts;
    while (!signal.aborted) {
      await clock.sleep(everyMs, signal);
      while (!signal.aborted && !alive()) await clock.sleep(ASK_AGAIN_MS, signal);
      if (!signal.aborted) await this.#say('WATCHDOG=1');
    }
  }

  async #say(state: string): Promise<void> {
    try {
      // Short as it is, it is not to be cut off by the end that it tells of.
      await runProgram(['systemd-notify', state], new AbortController().signal, { env: this.#parts.env });
    } catch (err) {
      if (!this.#told) this.#parts.log.warn({ err }, 'systemd cannot be told how we are');
      this.#told = true;
    }
  }
}
