import type { KnownPreset, KnownPresets } from '../../src/onvif/ptz/preset-list.ts';
import type { PresetStore } from '../../src/onvif/ptz/presets.ts';

/** A store in memory. */
export function memoryStore(known: ReadonlyArray<readonly [number, KnownPreset]> = []): PresetStore {
  let presets: KnownPresets = new Map(known);
  return {
    load: () => presets,
    save: (next) => {
      presets = next;
    },
  };
}
