import { isKind } from '../runtime/errors.ts';
import type { UploadOutcome } from './dialogue.ts';

const LEAST_MS = 30_000;
const MOST_MS = 480_000;

/** What a segment's upload may take. Grows where that is too short, so that a slow line gets through in the end. */
export class Allowance {
  #ms = LEAST_MS;

  get ms(): number {
    return this.#ms;
  }

  /** The last upload needed more than is usual, or did not come to an end. */
  get isLong(): boolean {
    return this.#ms > LEAST_MS;
  }

  learn(outcome: UploadOutcome, tookMs: number): void {
    if (outcome.kind === 'stored') this.#allow(tookMs * 2);
    if (outcome.kind === 'failed' && isKind(outcome.why, 'timed-out')) this.#allow(this.#ms * 2);
  }

  #allow(ms: number): void {
    this.#ms = Math.min(Math.max(ms, LEAST_MS), MOST_MS);
  }
}
