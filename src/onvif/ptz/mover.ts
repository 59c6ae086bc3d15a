import type { Logger } from 'pino';
import { GatewayError, isKind } from '../../runtime/errors.ts';
import type { Operation } from '../soap.ts';
import type { MoveMode, PtzAbilities, PtzCalls, Space } from './options.ts';
import type { PtzQuirks } from './quirks.ts';
import { absoluteMove, continuousMove, getStatus, type Place, relativeMove, stop } from './requests.ts';
import { isZoom, type Move, type Range, type Vector, vectorFor } from './velocity.ts';

export interface MoverParts {
  readonly calls: PtzCalls;
  /** The PTZ service. */
  readonly ptz: URL;
  /** Token of the media profile. */
  readonly profile: string;
  readonly abilities: PtzAbilities;
  readonly quirks: PtzQuirks;
  readonly log: Logger;
}

type Axes = 'panTilt' | 'zoom';

const MOVE_MS = 5000;
/** After so long a camera that heeds it stops by itself; until then it is told again. */
const TIMEOUT_SECONDS = 10;
/** How soon the next step follows where a move is made of steps. */
const STEPS_MS: Readonly<Record<Exclude<MoveMode, 'continuous'>, number>> = {
  relative: 400,
  absolute: 500,
  none: Number.POSITIVE_INFINITY,
};
/** How much of the whole range one step is. */
const RELATIVE_STEP = 0.1;
const ABSOLUTE_STEP = 0.05;

/** Moves one camera and stops it again, one request at a time. Remembers what this camera did not understand. */
export class Mover {
  readonly #parts: MoverParts;
  readonly #moving = new Set<Axes>();
  #sendsTimeout: boolean;
  readonly #namesSpace = new Set<Axes>();
  /** How Stop worked last. */
  #stopStyle: 'both' | 'moving' | 'zero' = 'both';

  constructor(parts: MoverParts) {
    this.#parts = parts;
    this.#sendsTimeout = !parts.quirks.noTimeout;
  }

  /** True when something was set in motion that nobody has stopped. */
  get isMoving(): boolean {
    return this.#moving.size > 0;
  }

  /** After how many ms a move wants to be sent again while it goes on. */
  againMs(move: Move): number {
    const mode = this.#parts.abilities[axesOf(move)];
    return mode === 'continuous' ? this.#timeout() * 800 : STEPS_MS[mode];
  }

  /**
   * Moves, or moves on. Where this leaves an axis running that the move does not command, that is stopped first.
   * @throws GatewayError `camera-fault` (among other things: it cannot), `camera-unreachable`, `camera-unauthorized`
   */
  async move(move: Move, before: Move | undefined, signal: AbortSignal): Promise<void> {
    const axes = axesOf(move);
    const { abilities, quirks } = this.#parts;
    const mode = abilities[axes];
    if (mode === 'none') throw new GatewayError('camera-fault', 'camera cannot be moved so', { op: move.op });
    const turns = before !== undefined && before.op !== move.op;
    const leaves = [...this.#moving].some((each) => each !== axes);
    const stops = quirks.stopBeforeMove;
    if (this.isMoving && ((stops === 'always' && turns) || (stops === 'axes' && leaves))) await this.stop(signal);
    // Set before the request: a move whose answer is lost may have been obeyed.
    this.#moving.add(axes);
    await this.#by(mode, move, axes, signal);
  }

  /**
   * Stops every axis, by whatever this camera understands.
   * @throws GatewayError as `move` does, when nothing worked
   */
  async stop(signal: AbortSignal): Promise<void> {
    const moving = this.isMoving ? [...this.#moving] : (['panTilt', 'zoom'] as const);
    if (this.#stopStyle !== 'zero') await this.#stopCall(moving, signal);
    if (this.#stopStyle === 'zero' || this.#parts.quirks.zeroAfterStop) await this.#zero(moving, signal);
    this.#moving.clear();
  }

  async #stopCall(moving: readonly Axes[], signal: AbortSignal): Promise<void> {
    const { profile } = this.#parts;
    const both = { panTilt: true, zoom: true };
    const only = { panTilt: moving.includes('panTilt'), zoom: moving.includes('zoom') };
    try {
      await this.#ask(stop(profile, this.#stopStyle === 'moving' ? only : both), signal);
    } catch (err) {
      if (!isKind(err, 'camera-fault', 'not-onvif')) throw err;
      const tryOnly = this.#stopStyle === 'both' && subcode(err).includes('InvalidArgVal') && moving.length === 1;
      // Hikvision faults for the axis that is not moving; others have no Stop at all.
      this.#stopStyle = tryOnly ? 'moving' : 'zero';
      if (tryOnly) await this.#stopCall(moving, signal);
    }
  }

  /** A move of zero: what stops a camera that has no Stop. */
  async #zero(moving: readonly Axes[], signal: AbortSignal): Promise<void> {
    const { profile, abilities } = this.#parts;
    const zeros: ReadonlyArray<readonly [Axes, Vector]> = [
      ['panTilt', { panTilt: { x: 0, y: 0 } }],
      ['zoom', { zoom: 0 }],
    ];
    for (const [axes, vector] of zeros) {
      if (moving.includes(axes) && abilities[axes] === 'continuous') {
        await this.#ask(continuousMove(profile, { vector }), signal);
      }
    }
  }

  async #by(mode: MoveMode, move: Move, axes: Axes, signal: AbortSignal): Promise<void> {
    const { profile, abilities, quirks } = this.#parts;
    const space = abilities.spaces[axes];
    const vector = vectorFor(move, space.ranges, quirks);
    if (mode === 'continuous') return this.#continuous(vector, { axes, space }, signal);
    if (mode === 'relative') return this.#ask(relativeMove(profile, { vector: times(vector, RELATIVE_STEP) }), signal);
    const here = await this.#ask(getStatus(profile), signal);
    await this.#ask(absoluteMove(profile, { vector: placeAfter(move, { here, space, quirks }) }), signal);
  }

  async #continuous(vector: Vector, { axes, space }: { axes: Axes; space: Space }, signal: AbortSignal): Promise<void> {
    const send = (): Promise<void> => {
      const timeout = this.#sendsTimeout ? this.#timeout() : undefined;
      const named = this.#namesSpace.has(axes) ? space.uri : undefined;
      return this.#ask(continuousMove(this.#parts.profile, { vector, timeout, space: named }), signal);
    };
    try {
      await send();
    } catch (err) {
      if (!isKind(err, 'camera-fault', 'not-onvif')) throw err;
      const wantsSpace = /SpaceNotSupported|InvalidVelocity/.test(subcode(err)) && space.uri !== undefined;
      if (wantsSpace && !this.#namesSpace.has(axes)) this.#namesSpace.add(axes);
      else if (!this.#sendsTimeout) throw err;
      else return this.#withoutTimeout(send);
      await send();
    }
  }

  /** Kept so only if that was what the camera disliked. */
  async #withoutTimeout(send: () => Promise<void>): Promise<void> {
    this.#sendsTimeout = false;
    try {
      await send();
    } catch (err) {
      this.#sendsTimeout = true;
      throw err;
    }
  }

  #timeout(): number {
    const { min, max } = this.#parts.abilities.timeout ?? { min: 1, max: TIMEOUT_SECONDS };
    return Math.max(1, Math.round(Math.min(Math.max(TIMEOUT_SECONDS, min), max)));
  }

  #ask<T>(operation: Operation<T>, signal: AbortSignal): Promise<T> {
    return this.#parts.calls.call(operation, { at: this.#parts.ptz, deadlineMs: MOVE_MS }, signal);
  }
}

function axesOf({ op }: Move): Axes {
  return op === 'zoomin' || op === 'zoomout' ? 'zoom' : 'panTilt';
}

function times(vector: Vector, factor: number): Vector {
  const part = (value: number): number => Math.round(value * factor * 1000) / 1000;
  if (isZoom(vector)) return { zoom: part(vector.zoom) };
  return { panTilt: { x: part(vector.panTilt.x), y: part(vector.panTilt.y) } };
}

/** One step from here, within the camera's limits. An unknown place is taken for the middle. */
function placeAfter(move: Move, at: { here: Place; space: Space; quirks: PtzQuirks }): Vector {
  const { here, space, quirks } = at;
  const unit = { min: -1, max: 1 };
  const step = vectorFor(move, { x: unit, y: unit, zoom: unit }, quirks);
  const next = (now: number | undefined, { min, max }: Range, by: number): number => {
    const place = (now ?? (min + max) / 2) + by * ABSOLUTE_STEP * (max - min);
    return Math.round(Math.min(Math.max(place, min), max) * 1000) / 1000;
  };
  if (isZoom(step)) return { zoom: next(here.zoom, space.ranges.zoom, step.zoom) };
  const { x, y } = step.panTilt;
  return { panTilt: { x: next(here.x, space.ranges.x, x), y: next(here.y, space.ranges.y, y) } };
}

function subcode(err: GatewayError): string {
  const said = err.fields['subcode'];
  return typeof said === 'string' ? said : '';
}
