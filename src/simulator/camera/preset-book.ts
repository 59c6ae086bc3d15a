import type { PtzHabitName } from './ptz-habits.ts';
import type { Position } from './ptz-head.ts';

export interface BookedPreset {
  readonly token: string;
  readonly name: string;
  readonly position: Position;
}

export interface PresetWish {
  readonly name: string | undefined;
  readonly token: string | undefined;
  readonly position: Position;
}

export type PresetFault = 'PresetExist' | 'InvalidPresetName' | 'NoToken' | 'TooManyPresets';

const FIRST_POSITION: Position = { pan: 0, tilt: 0, zoom: 0 };
const PREFILLED = 300;

/** The presets that a camera keeps, with whatever odd rules it has for them. */
export class PresetBook {
  readonly #has: (habit: PtzHabitName) => boolean;
  #presets: BookedPreset[] = [];
  #next = 1;

  constructor(has: (habit: PtzHabitName) => boolean) {
    this.#has = has;
  }

  get presets(): readonly BookedPreset[] {
    if (!this.#has('presets-prefilled')) return this.#presets;
    const set = new Set(this.#presets.map(({ token }) => token));
    const all = Array.from({ length: PREFILLED }, (_, at) => String(at + 1)).filter((token) => !set.has(token));
    return [...this.#presets, ...all.map((token) => ({ token, name: `Preset ${token}`, position: FIRST_POSITION }))];
  }

  find(token: string): BookedPreset | undefined {
    return this.presets.find((preset) => preset.token === token);
  }

  /** The new or overwritten preset, or why there is none. */
  set({ name, token, position }: PresetWish): BookedPreset | PresetFault {
    if (name !== undefined && this.#has('presets-no-names')) return 'InvalidPresetName';
    const byName = this.#has('presets-by-name') ? this.#presets.find((preset) => preset.name === name) : undefined;
    const over = this.#has('presets-by-name') ? byName?.token : token;
    const known = over !== undefined && this.find(over) !== undefined;
    if (over !== undefined && !known && !this.#has('presets-take-any-token')) return 'NoToken';
    if (this.#has('presets-full') && !known) return 'TooManyPresets';
    const namesake = this.#presets.find((preset) => preset.name === name && preset.token !== over);
    if (namesake && this.#has('presets-unique-names')) return 'PresetExist';
    const preset = { token: over ?? this.#freeToken(), name: name ?? '', position };
    this.put(preset);
    return preset;
  }

  /** As if somebody had set it on the camera itself. */
  put(preset: BookedPreset): void {
    this.#presets = [...this.#presets.filter(({ token }) => token !== preset.token), preset];
  }

  remove(token: string): boolean {
    const before = this.#presets.length;
    this.#presets = this.#presets.filter((preset) => preset.token !== token);
    return this.#presets.length < before;
  }

  /** What some cameras do to their tokens at a reboot. */
  renumber(tokenFor: (preset: BookedPreset) => string): void {
    this.#presets = this.#presets.map((preset) => ({ ...preset, token: tokenFor(preset) }));
  }

  clear(): void {
    this.#presets = [];
  }

  #freeToken(): string {
    while (this.find(String(this.#next))) this.#next++;
    return String(this.#next);
  }
}
