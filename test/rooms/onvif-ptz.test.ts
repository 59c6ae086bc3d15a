import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceAddresses } from '../../src/onvif/device.ts';
import type { PtzQuirks } from '../../src/onvif/ptz/quirks.ts';
import type { MoveOp } from '../../src/onvif/ptz/velocity.ts';
import type { BadHabitName } from '../../src/simulator/camera/bad-habits.ts';
import type { Position } from '../../src/simulator/camera/ptz-head.ts';
import { movedCamera } from '../peers/moved-camera.ts';
import { fact } from '../peers/onvif-visit.ts';

const STOP = { type: 'stop' } as const;
const move = (op: MoveOp, speed = 100) => ({ type: 'move', move: { op, speed } }) as const;

/** Where the head went: a sign for each axis. */
function signs({ pan, tilt, zoom }: Position): string {
  return [pan, tilt, zoom].map((part) => (Math.abs(part) < 0.001 ? '0' : part > 0 ? '+' : '-')).join('');
}

interface Case {
  readonly op: MoveOp;
  readonly went: string;
  readonly habits?: readonly BadHabitName[];
  readonly quirks?: Partial<PtzQuirks>;
}

/** Each op, and each thing that cameras get wrong about moving, against where the head is in the end. */
const CASES: readonly Case[] = [
  { op: 'left', went: '-00' },
  { op: 'right', went: '+00' },
  { op: 'up', went: '0+0' },
  { op: 'down', went: '0-0' },
  { op: 'upleft', went: '-+0' },
  { op: 'upright', went: '++0' },
  { op: 'downleft', went: '--0' },
  { op: 'downright', went: '+-0' },
  { op: 'zoomin', went: '00+' },
  { op: 'upright', went: '++0', habits: ['ptz-options-fault'] },
  { op: 'zoomin', went: '00+', habits: ['ptz-empty-spaces'] },
  { op: 'left', went: '-00', habits: ['ptz-relative-only'] },
  { op: 'downright', went: '+-0', habits: ['ptz-absolute-only'] },
  { op: 'left', went: '-00', habits: ['ptz-odd-range'] },
  { op: 'left', went: '-00', habits: ['ptz-one-element'] },
  { op: 'up', went: '0+0', habits: ['ptz-no-zoom'] },
  { op: 'upleft', went: '-00', habits: ['ptz-one-axis'], quirks: { diagonal: false } },
  { op: 'upleft', went: '-+0', habits: ['ptz-inverted'], quirks: { invertX: true, invertY: true } },
  { op: 'left', went: '0-0', quirks: { swapXY: true } },
  { op: 'right', went: '+00', habits: ['ptz-wants-space'] },
  { op: 'right', went: '+00', habits: ['ptz-refuses-timeout'] },
  { op: 'right', went: '+00', habits: ['ptz-ignores-timeout'] },
  { op: 'right', went: '+00', habits: ['ptz-stop-moving-axis'] },
  { op: 'right', went: '+00', habits: ['ptz-no-stop'] },
  { op: 'zoomin', went: '00+', habits: ['ptz-no-stop'] },
  { op: 'right', went: '+00', habits: ['ptz-stop-ignored'], quirks: { zeroAfterStop: true } },
  { op: 'right', went: '+00', habits: ['ptz-refuses-addressing'] },
];

for (const { op, went, habits = [], quirks = {} } of CASES) {
  const words = [...habits, ...Object.entries(quirks).map((entry) => entry.join('='))].join(', ');
  test(`${op} moves a camera ${went} and Stop keeps it there${words && `, where it has ${words}`}`, async (t) => {
    const { camera, queue, clock, mover } = await movedCamera(t, { habits, quirks });
    queue.order(move(op));
    await fact(() => camera.ptz.isMoving || signs(camera.ptz.position) !== '000');
    await clock.advance(300);
    queue.order(STOP);
    await fact(() => !mover.isMoving);
    const rested = camera.ptz.position;
    assert.equal(signs(rested), went);
    await clock.advance(5000);
    assert.deepEqual(camera.ptz.position, rested);
  });
}

test('speed 0 moves slowly, 100 fast, and a capped camera no faster than its cap', async (t) => {
  const travelled = async (speed: number, quirks: Partial<PtzQuirks> = {}): Promise<number> => {
    const { camera, queue, clock } = await movedCamera(t, { quirks });
    queue.order(move('right', speed));
    await fact(() => camera.ptz.isMoving);
    await clock.advance(1000);
    return camera.ptz.position.pan;
  };
  const slow = await travelled(0);
  assert.ok(slow > 0.02 && slow < 0.03, String(slow));
  assert.ok((await travelled(100)) > 0.19);
  assert.ok((await travelled(100, { maxVelocity: 0.5 })) < 0.11);
});

test('PTZ is found where only GetCapabilities tells of it, and not where there is none', async (t) => {
  const hidden = await movedCamera(t, { habits: ['ptz-capabilities-only'] });
  const services = await serviceAddresses(hidden.camera.session(t), hidden.signal);
  assert.equal(services.get('ptz')?.pathname, '/onvif/ptz_service');
  const none = await movedCamera(t, { habits: ['no-ptz'] });
  assert.equal((await serviceAddresses(none.camera.session(t), none.signal)).get('ptz'), undefined);
});

test('a camera without zoom says so when it is told to zoom, and still pans', async (t) => {
  const { camera, queue, text } = await movedCamera(t, { habits: ['ptz-no-zoom'] });
  queue.order(move('zoomin'));
  await fact(() => text().includes('camera cannot be moved so'));
  queue.order(move('left'));
  await fact(() => camera.ptz.velocity.pan < 0);
});

test('from pan to zoom the pan is stopped first; from left to up one move is enough', async (t) => {
  const { camera, queue } = await movedCamera(t);
  queue.order(move('left'));
  await fact(() => camera.ptz.velocity.pan < 0);
  queue.order(move('up'));
  await fact(() => camera.ptz.velocity.tilt > 0);
  assert.equal(camera.count('Stop'), 0);
  queue.order(move('zoomin'));
  await fact(() => camera.ptz.velocity.zoom > 0);
  assert.deepEqual(camera.ptz.velocity, { pan: 0, tilt: 0, zoom: 1 });
  assert.equal(camera.count('Stop'), 1);
});

test('a camera that adds vectors is stopped before every turn where it is set so', async (t) => {
  const { camera, queue } = await movedCamera(t, {
    habits: ['ptz-adds-vectors'],
    quirks: { stopBeforeMove: 'always' },
  });
  queue.order(move('left'));
  await fact(() => camera.ptz.velocity.pan < 0);
  queue.order(move('right'));
  await fact(() => camera.ptz.velocity.pan > 0);
  assert.equal(camera.ptz.velocity.pan, 1);
});
