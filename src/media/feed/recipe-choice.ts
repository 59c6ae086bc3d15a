import type { CameraStream } from '../../channel/ports.ts';
import { REFUSED_LOGIN_PAUSES } from '../../channel/refused-login.ts';
import { GatewayError } from '../../runtime/errors.ts';
import type { Recipe } from '../ffmpeg/arguments.ts';

/** A login that was refused twice in a row is left alone for as long as a Feed that goes on would leave it alone. */
const REFUSALS = 2;
const BARRED_MS = REFUSED_LOGIN_PAUSES.minMs / 2;

interface Refusals {
  readonly count: number;
  readonly last: GatewayError;
  readonly atMs: number;
}

/**
 * What works with one stream: starts with the fastest way and learns from what ffmpeg says. Outlives the Feed, so that
 * the next one starts with what is known.
 */
export class RecipeChoice {
  #recipe: Recipe;
  readonly #audio: Recipe['audio'];
  #proven = false;
  #refusals: Refusals | undefined;

  constructor({ audio }: CameraStream) {
    this.#audio = audio === undefined ? 'none' : audio === 'AAC' ? 'copy' : 'encode';
    this.#recipe = { probe: 'small', times: 'camera', audio: this.#audio, order: 'asTheyCome' };
  }

  get recipe(): Recipe {
    return this.#recipe;
  }

  /** Takes a remedy over. False when it has been taken before and has not helped. */
  learn(remedy: Partial<Recipe>): boolean {
    const before = this.#recipe;
    this.#recipe = { ...before, ...remedy };
    const { probe, times, audio, order } = this.#recipe;
    return probe !== before.probe || times !== before.times || audio !== before.audio || order !== before.order;
  }

  /**
   * Nothing came at all. Where audio is to be encoded, a camera that announces audio and never sends it looks just so,
   * because ffmpeg waits for the first of it; so the next try goes without, and the one after that with it again.
   */
  silent(): void {
    if (this.#proven || this.#audio !== 'encode') return;
    this.#recipe = { ...this.#recipe, audio: this.#recipe.audio === 'encode' ? 'none' : 'encode' };
  }

  /** Pictures came: the question of audio is settled, and the login is good. */
  flowed(): void {
    this.#proven = true;
    this.#refusals = undefined;
  }

  /** The camera refused the login. */
  refused(last: GatewayError, atMs: number): void {
    this.#refusals = { count: (this.#refusals?.count ?? 0) + 1, last, atMs };
  }

  /** With what the login was refused, where it must not be tried again yet: cameras lock the account, whoever asks. */
  barred(nowMs: number): GatewayError | undefined {
    const { count, last, atMs } = this.#refusals ?? { count: 0, last: undefined, atMs: 0 };
    if (!last || count < REFUSALS || nowMs - atMs >= BARRED_MS) return undefined;
    return new GatewayError(last.kind, last.message, last.fields);
  }
}
