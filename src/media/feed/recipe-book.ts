import type { CameraStream } from '../../channel/ports.ts';
import { streamKey } from './feed-source.ts';
import { RecipeChoice } from './recipe-choice.ts';

/** More than a gateway has streams; addresses that change must not pile up for ever. */
const MOST_RECIPES = 500;

/** What works with each stream, over all Feeds that have ever read it. */
export class RecipeBook {
  readonly #choices = new Map<string, RecipeChoice>();

  of(stream: CameraStream): RecipeChoice {
    const key = streamKey(stream);
    const choice = this.#choices.get(key) ?? new RecipeChoice(stream);
    this.#choices.set(key, choice);
    const [oldest] = this.#choices.keys();
    if (this.#choices.size > MOST_RECIPES && oldest !== undefined) this.#choices.delete(oldest);
    return choice;
  }
}
