import type { CameraStream } from '../../channel/ports.ts';
import type { Recipe } from '../ffmpeg/arguments.ts';

/**
 * What works with one stream: starts with the fastest way and learns from what ffmpeg says. Outlives the Feed, so that
 * the next one starts with what is known.
 */
export class RecipeChoice {
  #recipe: Recipe;
  readonly #audio: Recipe['audio'];
  #proven = false;

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

  /** Pictures came: the question of audio is settled. */
  flowed(): void {
    this.#proven = true;
  }
}
