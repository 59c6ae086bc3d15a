import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Position } from '../../../src/simulator/camera/ptz-head.ts';
import { colour, fill, frameOf } from '../../../src/simulator/camera/view/frame.ts';
import { landscape } from '../../../src/simulator/camera/view/landscape.ts';
import { extentOf, letter } from '../../../src/simulator/camera/view/lettering.ts';
import { Viewfinder } from '../../../src/simulator/camera/view/viewfinder.ts';
import { FakeClock } from '../../peers/fake-clock.ts';

const HOME: Position = { pan: 0, tilt: 0, zoom: 0 };
const SIZE = { width: 320, height: 180 };

function viewOf(number: number) {
  const clock = new FakeClock();
  let at = HOME;
  const parts = { surroundings: landscape(number), name: `Camera ${number}`, ...SIZE, clock };
  const view = new Viewfinder({ ...parts, position: () => at });
  const look = (position: Partial<Position> = {}): Buffer => {
    at = { ...HOME, ...position };
    return Buffer.from(view.frame());
  };
  return { look, clock };
}

/** The part of all samples of luma that differ; the names and the times are a few per cent. */
function difference(one: Buffer, other: Buffer): number {
  const pixels = SIZE.width * SIZE.height;
  let different = 0;
  for (let at = 0; at < pixels; at++) if (one[at] !== other[at]) different += 1;
  return different / pixels;
}

test('two cameras do not look alike', () => {
  const all = [0, 1, 2, 3, 4].map((number) => viewOf(number).look());
  for (const [at, one] of all.entries()) {
    for (const other of all.slice(at + 1)) assert.ok(difference(one, other) > 0.1);
  }
});

test('each direction of the head is seen, and the way back too', () => {
  const { look } = viewOf(0);
  const home = look();
  const places: ReadonlyArray<Partial<Position>> = [
    { pan: -1 },
    { pan: 1 },
    { tilt: -1 },
    { tilt: 1 },
    { zoom: 1 },
    { pan: 0.1 },
  ];
  for (const place of places) {
    assert.ok(difference(home, look(place)) > 0.05, JSON.stringify(place));
    assert.deepEqual(look(), home);
  }
});

test('the clock in the picture goes on while the head stands still', async () => {
  const { look, clock } = viewOf(0);
  const before = look();
  await clock.advance(1_000);
  const changed = difference(before, look());
  assert.ok(changed > 0 && changed < 0.01);
});

test('what lies outside the picture is not drawn, and letters are as large as is said', () => {
  const frame = frameOf(20, 10);
  const [white, red] = [colour('#ffffff'), colour('#ff0000')];
  fill(frame, { x: -4, y: -4, width: 100, height: 5 }, white);
  assert.deepEqual([...frame.planes[0].samples.subarray(0, 40)], [...Array(20).fill(235), ...Array(20).fill(16)]);
  assert.deepEqual(extentOf('I', 1), { width: 7, height: 9 });
  letter(frame, 'i', { x: 0, y: 0, dot: 1, ink: red });
  const inked = frame.planes[0].samples.filter((sample) => sample === red[0]).length;
  assert.equal(inked, 3 + 5 + 3);
});
