import type { Clock } from '../runtime/clock.ts';

export interface PlatformTrialParts {
  readonly linked: () => boolean;
  readonly clock: Clock;
}

/** So long new platform settings have to log in. */
const PATIENCE_MS = 60_000;

/** Watches whether platform settings that came from the page do log in. */
export class PlatformTrial {
  readonly #parts: PlatformTrialParts;
  #begunAt: number | undefined;

  constructor(parts: PlatformTrialParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#begunAt = this.#parts.clock.now();
  }

  /** They have not logged in within a minute: the way back is to be offered. */
  get failing(): boolean {
    const { linked, clock } = this.#parts;
    if (this.#begunAt === undefined) return false;
    if (linked()) this.#begunAt = undefined;
    return this.#begunAt !== undefined && clock.now() - this.#begunAt > PATIENCE_MS;
  }
}
