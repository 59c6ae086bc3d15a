import type { PtzQuirks } from './quirks.ts';
import type { CameraPreset } from './requests.ts';

export const MOST_PRESET_ID = 255;

/** A preset of the OVC's number, as kept for one camera. */
export interface KnownPreset {
  readonly token: string;
  readonly name: string;
  /** By one of our own SetPreset calls; the others are the user's, made on the camera. */
  readonly createdByUs: boolean;
  /** When it was last written here. */
  readonly lastSeen: string;
}

export type KnownPresets = ReadonlyMap<number, KnownPreset>;

/** Letters, digits and a hyphen: cameras refuse blanks and anything that is not ASCII. */
export function ourName(id: number, attempt = 1): string {
  return attempt === 1 ? `ovs-${id}` : `ovs-${id}-${attempt}`;
}

/** The number that a name of ours carries. */
export function idOfName(name: string): number | undefined {
  const written = /^ovs-(\d{1,3})(?:-\d{1,2})?$/.exec(name.trim())?.[1];
  return written === undefined ? undefined : idOfToken(String(Number(written)));
}

/** A token that is itself a number in range, written as a number is. */
function idOfToken(token: string): number | undefined {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(token)) return undefined;
  const id = Number(token);
  return id <= MOST_PRESET_ID ? id : undefined;
}

const FACTORY_NAME = /^(?:preset|预置点|预置位|预设点?)?\s*[\d_-]*$/i;
/** From so many on a list may be a factory's, full of places that nobody set. */
const LONG_LIST = 30;
const MOST_NAMELESS = 0.8;
const MOST_AT_ONE_PLACE = 8;

/** True for a slot of a list that the factory has filled: Hikvision lists three hundred. */
export function placeholders(list: readonly CameraPreset[]): (preset: CameraPreset) => boolean {
  const nameless = list.filter(({ name }) => FACTORY_NAME.test(name.trim())).length;
  const places = new Map<string, number>();
  for (const { place } of list) if (place !== undefined) places.set(place, (places.get(place) ?? 0) + 1);
  const crowded = Math.max(0, ...places.values()) >= MOST_AT_ONE_PLACE;
  const filled = list.length >= LONG_LIST && (nameless >= list.length * MOST_NAMELESS || crowded);
  return ({ name }) => filled && FACTORY_NAME.test(name.trim());
}

/** True for a token that calls a function of the camera, such as its wiper or its reboot. */
export function isFunction(token: string, { functionPresets }: PtzQuirks): boolean {
  const number = /^\d{1,4}$/.test(token) ? Number(token) : Number.NaN;
  return functionPresets.some(([first, last]) => number >= first && number <= last);
}

/**
 * The camera's list under the OVC's numbers: what is known, then what carries a name of ours, then tokens that are
 * numbers, then the rest on the lowest free numbers (ONVIF field guide 3.5). Factory slots and functions are left out.
 */
export function numbered(
  list: readonly CameraPreset[],
  known: KnownPresets,
  quirks: PtzQuirks,
): Map<number, CameraPreset> {
  const isPlaceholder = placeholders(list);
  const byId = new Map<number, CameraPreset>();
  const take = (id: number | undefined, preset: CameraPreset | undefined): void => {
    const taken = preset === undefined || [...byId.values()].includes(preset);
    if (id !== undefined && preset && !taken && !byId.has(id)) byId.set(id, preset);
  };
  for (const id of known.keys()) take(id, knownPreset(id, list, known));
  for (const preset of list) take(idOfName(preset.name), preset);
  const others = list.filter((preset) => !isPlaceholder(preset) && !isFunction(preset.token, quirks));
  const isFree = (id: number): boolean => !byId.has(id) && !known.has(id);
  for (const preset of others) {
    const id = idOfToken(preset.token);
    if (id !== undefined && isFree(id)) take(id, preset);
  }
  let free = 1;
  for (const preset of others) {
    while (free <= MOST_PRESET_ID && !isFree(free)) free++;
    if (free <= MOST_PRESET_ID) take(free, preset);
  }
  return byId;
}

/** Where a known preset is now: tokens may be dealt anew at a reboot, and then our name counts for more. */
export function knownPreset(id: number, list: readonly CameraPreset[], known: KnownPresets): CameraPreset | undefined {
  const kept = known.get(id);
  const listed = list.find(({ token }) => token === kept?.token);
  const named = list.find(({ name }) => idOfName(name) === id);
  const others = listed ? idOfName(listed.name) : undefined;
  if (listed && (listed.name === kept?.name || (named === undefined && (others === undefined || others === id))))
    return listed;
  return named;
}
