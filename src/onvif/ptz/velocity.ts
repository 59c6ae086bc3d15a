import type { PtzQuirks } from './quirks.ts';

/** What the camera says its axis can do, both ends. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export interface Ranges {
  readonly x: Range;
  readonly y: Range;
  readonly zoom: Range;
}

/** Only what was commanded: an axis that is left out is not affected, a zero would stop it. */
export type Vector = { readonly panTilt: { readonly x: number; readonly y: number } } | { readonly zoom: number };

/** Right, up and "in" are positive. */
const DIRECTIONS = {
  up: { x: 0, y: 1 },
  down: { x: 0, y: -1 },
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  upleft: { x: -1, y: 1 },
  upright: { x: 1, y: 1 },
  downleft: { x: -1, y: -1 },
  downright: { x: 1, y: -1 },
  zoomin: { zoom: 1 },
  zoomout: { zoom: -1 },
} as const satisfies Record<string, { x: number; y: number } | { zoom: number }>;

export type MoveOp = keyof typeof DIRECTIONS;

export interface Move {
  readonly op: MoveOp;
  /** 0 slowest, 100 fastest. */
  readonly speed: number;
}

/** Speed 0 is slow, not standstill; cameras that know eight steps would round less than this down to nothing. */
const SLOWEST = 0.125;

/**
 * How far or how fast an order moves each axis within the camera's own ranges; three decimals, as a camera may read
 * no more. (ONVIF field guide 3.2)
 */
export function vectorFor({ op, speed }: Move, ranges: Ranges, quirks: PtzQuirks): Vector {
  const factor = (SLOWEST + ((1 - SLOWEST) * Math.min(Math.max(speed, 0), 100)) / 100) * capOf(quirks);
  const direction = DIRECTIONS[op];
  if ('zoom' in direction) return { zoom: scaled(direction.zoom * factor, ranges.zoom) };
  const { x, y } = turned(direction, quirks);
  const panTilt = { x: scaled(x * factor, ranges.x), y: scaled(y * factor, ranges.y) };
  if (quirks.diagonal || panTilt.x === 0 || panTilt.y === 0) return { panTilt };
  return Math.abs(panTilt.x) >= Math.abs(panTilt.y)
    ? { panTilt: { x: panTilt.x, y: 0 } }
    : { panTilt: { x: 0, y: panTilt.y } };
}

export function isZoom(vector: Vector): vector is Extract<Vector, { zoom: number }> {
  return 'zoom' in vector;
}

function capOf({ maxVelocity }: PtzQuirks): number {
  return maxVelocity > 0 && maxVelocity <= 1 ? maxVelocity : 1;
}

function turned({ x, y }: { x: number; y: number }, { invertX, invertY, swapXY }: PtzQuirks) {
  const [pan, tilt] = swapXY ? [y, x] : [x, y];
  return { x: invertX ? -pan : pan, y: invertY ? -tilt : tilt };
}

function scaled(part: number, { min, max }: Range): number {
  const rounded = Math.round(part * (part < 0 ? Math.abs(min) : max) * 1000) / 1000;
  return rounded === 0 ? 0 : rounded;
}

/** What stands for a range that the camera does not tell, or tells wrongly. */
export const UNIT: Range = { min: -1, max: 1 };

/** A range that can be moved in; anything else becomes ±1. */
export function usableRange(min: number | undefined, max: number | undefined): Range {
  if (min === undefined || max === undefined || min >= max || max <= 0 || min >= 0) return UNIT;
  return { min, max };
}
