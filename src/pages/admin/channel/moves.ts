import type { IconName } from '../../kit/parts/icons.tsx';
import type { Move } from './hold.ts';

export type MoveButton = readonly [move: Move, icon: IconName];

/** Where each button stands in the field of three by three. */
export const PAD: ReadonlyArray<MoveButton | undefined> = [
  ['upleft', 'up-left'],
  ['up', 'up'],
  ['upright', 'up-right'],
  ['left', 'left'],
  undefined,
  ['right', 'right'],
  ['downleft', 'down-left'],
  ['down', 'down'],
  ['downright', 'down-right'],
];
export const ZOOM: readonly MoveButton[] = [
  ['zoomin', 'plus'],
  ['zoomout', 'minus'],
];
const KEYS: ReadonlyMap<string, Move> = new Map([
  ['ArrowUp', 'up'],
  ['ArrowDown', 'down'],
  ['ArrowLeft', 'left'],
  ['ArrowRight', 'right'],
  ['+', 'zoomin'],
  ['=', 'zoomin'],
  ['-', 'zoomout'],
]);
/** A held space bar or return key presses the button under it. */
const PRESS_KEYS: ReadonlySet<string> = new Set([' ', 'Enter']);

/** What a key wants of the camera, whatever else is held with it. */
export function moveOf({ key, target }: KeyboardEvent): Move | undefined {
  const move = KEYS.get(key);
  if (move || !PRESS_KEYS.has(key) || !(target instanceof HTMLElement)) return move;
  const named = target.dataset['move'];
  return [...PAD, ...ZOOM].find((cell) => cell?.[0] === named)?.[0];
}
