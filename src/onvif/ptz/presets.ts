import type { Clock } from '../../runtime/clock.ts';
import { GatewayError, isKind } from '../../runtime/errors.ts';
import type { Operation } from '../soap.ts';
import type { PtzCalls } from './options.ts';
import {
  idOfName,
  isFunction,
  type KnownPreset,
  type KnownPresets,
  knownPreset,
  MOST_PRESET_ID,
  numbered,
  ourName,
  placeholders,
} from './preset-list.ts';
import { nextAttempt, type PresetAttempt } from './preset-remedies.ts';
import type { PtzQuirks } from './quirks.ts';
import { type CameraPreset, getPresets, gotoPreset, removePreset, setPreset } from './requests.ts';

/** What survives a restart for one camera. */
export interface PresetStore {
  load(): KnownPresets;
  save(presets: KnownPresets): void;
}

export interface PresetsParts {
  readonly calls: PtzCalls;
  /** The PTZ service. */
  readonly ptz: URL;
  readonly profile: string;
  readonly quirks: PtzQuirks;
  readonly store: PresetStore;
  readonly clock: Clock;
}

const CALL_MS = 5000;

/**
 * The OVC's preset numbers on a camera that has tokens (ONVIF field guide 3.5). Tokens are compared as the camera
 * writes them and never made up. Knows no queue: whoever calls sees to it that the camera stands still.
 */
export class Presets {
  readonly #parts: PresetsParts;

  constructor(parts: PresetsParts) {
    this.#parts = parts;
  }

  /**
   * The numbers that can be gone to, ascending. Places of the user's own get a number that stays.
   * @throws GatewayError as the session's `call` does
   */
  async list(signal: AbortSignal): Promise<number[]> {
    const { store, quirks } = this.#parts;
    const known = store.load();
    const byId = numbered(await this.#read(signal), known, quirks);
    const fresh = [...byId].filter(([id, { token }]) => known.get(id)?.token !== token && token !== String(id));
    if (fresh.length > 0)
      this.#keep(
        known,
        fresh.map(([id, preset]) => [id, this.#entry(preset, known.get(id))]),
      );
    return [...byId.keys()].sort((a, b) => a - b);
  }

  /**
   * @throws GatewayError `bad-parameter` when there is no such preset, and as the session's `call` does
   */
  async goTo(id: number, signal: AbortSignal): Promise<void> {
    const token = await this.#tokenFor(id, signal);
    try {
      await this.#ask(gotoPreset(this.#parts.profile, token), signal);
    } catch (err) {
      if (!isKind(err, 'camera-fault')) throw err;
      // The tokens may have been dealt anew since; our names tell.
      const named = (await this.#read(signal)).find(({ name }) => idOfName(name) === id);
      if (!named || named.token === token) throw err;
      this.#keepOne(id, named);
      await this.#ask(gotoPreset(this.#parts.profile, named.token), signal);
    }
  }

  /**
   * Keeps the present place under a number.
   * @throws GatewayError `bad-parameter`, and as the session's `call` does (`camera-fault`: too many, among others)
   */
  async set(id: number, signal: AbortSignal): Promise<void> {
    checked(id);
    const before = await this.#readIfPossible(signal);
    const over = this.#slotFor(id, before);
    const said = await this.#setSomehow(id, over?.token, signal);
    const after = said.token === undefined ? await this.#read(signal) : [];
    const made =
      said.token ?? newToken(before, after) ?? after.find(({ name }) => idOfName(name) === id)?.token ?? over?.token;
    if (made === undefined)
      throw new GatewayError('camera-fault', 'camera does not say where it has put the preset', { preset: id });
    const { store } = this.#parts;
    this.#keep(store.load(), [[id, this.#entry({ token: made, name: said.name }, undefined, true)]]);
  }

  /**
   * Forgets a preset, on the camera too where it can. One that is not there is as good as removed.
   * @throws GatewayError `bad-parameter`, and as the session's `call` does
   */
  async clear(id: number, signal: AbortSignal): Promise<void> {
    checked(id);
    const { store, profile, quirks } = this.#parts;
    const known = store.load();
    const list = await this.#readIfPossible(signal);
    const preset = knownPreset(id, list, known) ?? list.find(({ token }) => token === String(id));
    const kept = new Map(known);
    kept.delete(id);
    if (kept.size !== known.size) store.save(kept);
    if (!preset || isFunction(preset.token, quirks)) return;
    try {
      await this.#ask(removePreset(profile, preset.token), signal);
    } catch (err) {
      if (!isKind(err, 'camera-fault') || !subcode(err).includes('NoToken')) throw err;
    }
  }

  async #tokenFor(id: number, signal: AbortSignal): Promise<string> {
    checked(id);
    const { store, quirks } = this.#parts;
    const known = store.load();
    const list = await this.#readIfPossible(signal);
    const preset = numbered(list, known, quirks).get(id);
    if (preset) return preset.token;
    const blind = list.length === 0 ? known.get(id)?.token : undefined;
    if (blind !== undefined) return blind;
    throw new GatewayError('bad-parameter', 'camera has no such preset', { preset: id });
  }

  /** The preset that a new one with this number goes over; undefined where it needs a place of its own. */
  #slotFor(id: number, list: readonly CameraPreset[]): CameraPreset | undefined {
    const { store, quirks } = this.#parts;
    const known = store.load();
    const mine = knownPreset(id, list, known);
    if (mine && !isFunction(mine.token, quirks)) return mine;
    const slot = list.find(({ token }) => token === String(id));
    const taken = [...known].some(([other, { token }]) => other !== id && token === slot?.token);
    // Token 0 is home on some cameras; and a place that somebody named is not ours to take.
    if (!slot || id === 0 || taken || isFunction(slot.token, quirks)) return undefined;
    return placeholders(list)(slot) ? slot : undefined;
  }

  async #setSomehow(
    id: number,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<{ token: string | undefined; name: string }> {
    const { profile, clock } = this.#parts;
    let attempt: PresetAttempt = { name: ourName(id), token, tries: 1, waitMs: 0 };
    for (;;) {
      try {
        const made = await this.#ask(setPreset(profile, attempt), signal);
        return { token: made, name: attempt.name ?? '' };
      } catch (err) {
        const next = isKind(err, 'camera-fault') ? nextAttempt(attempt, subcode(err), id) : undefined;
        if (!next || signal.aborted) throw err;
        attempt = next;
        if (attempt.waitMs > 0) await clock.sleep(attempt.waitMs, signal);
      }
    }
  }

  #read(signal: AbortSignal): Promise<CameraPreset[]> {
    return this.#ask(getPresets(this.#parts.profile), signal);
  }

  /** Cameras that cannot list may still go and set. */
  async #readIfPossible(signal: AbortSignal): Promise<CameraPreset[]> {
    try {
      return await this.#read(signal);
    } catch (err) {
      if (!isKind(err, 'camera-fault')) throw err;
      return [];
    }
  }

  #keepOne(id: number, preset: CameraPreset): void {
    const known = this.#parts.store.load();
    this.#keep(known, [[id, this.#entry(preset, known.get(id))]]);
  }

  #keep(known: KnownPresets, changes: ReadonlyArray<readonly [number, KnownPreset]>): void {
    this.#parts.store.save(new Map([...known, ...changes]));
  }

  #entry(
    { token, name }: Pick<CameraPreset, 'token' | 'name'>,
    before: KnownPreset | undefined,
    made = false,
  ): KnownPreset {
    const createdByUs = made || before?.createdByUs === true || idOfName(name) !== undefined;
    return { token, name, createdByUs, lastSeen: this.#parts.clock.wall().toISOString() };
  }

  #ask<T>(operation: Operation<T>, signal: AbortSignal): Promise<T> {
    return this.#parts.calls.call(operation, { at: this.#parts.ptz, deadlineMs: CALL_MS }, signal);
  }
}

/** The token that was not there before. */
function newToken(before: readonly CameraPreset[], after: readonly CameraPreset[]): string | undefined {
  const old = new Set(before.map(({ token }) => token));
  return after.find(({ token }) => !old.has(token))?.token;
}

function checked(id: number): void {
  if (Number.isInteger(id) && id >= 0 && id <= MOST_PRESET_ID) return;
  throw new GatewayError('bad-parameter', 'preset must be a number from 0 to 255', { preset: id });
}

function subcode(err: GatewayError): string {
  const said = err.fields['subcode'];
  return typeof said === 'string' ? said : '';
}
