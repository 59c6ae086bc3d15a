import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MoveOp } from '../../src/onvif/ptz/velocity.ts';
import { movedCamera } from '../peers/moved-camera.ts';
import { fact } from '../peers/onvif-visit.ts';

const STOP = { type: 'stop' } as const;
const move = (op: MoveOp, speed = 100) => ({ type: 'move', move: { op, speed } }) as const;

test('of moves that come while one is under way only the newest is sent', async (t) => {
  const { camera, queue } = await movedCamera(t);
  for (const op of ['left', 'right', 'up', 'down', 'upleft'] as const) queue.order(move(op));
  await fact(() => camera.ptz.velocity.pan === -1 && camera.ptz.velocity.tilt === 1);
  assert.ok(camera.count('ContinuousMove') <= 2);
});

test('Stop goes first and drops the moves before it', async (t) => {
  const { camera, queue } = await movedCamera(t);
  queue.order(move('left'));
  await fact(() => camera.ptz.isMoving);
  queue.order(move('right'));
  queue.order(STOP);
  await camera.asked('Stop');
  queue.order(move('up'));
  await camera.asked('ContinuousMove', 2);
  assert.deepEqual(camera.ptz.velocity, { pan: 0, tilt: 1, zoom: 0 });
});

test('a move that nobody stops is stopped after 15 s, twice, and goes on until then', async (t) => {
  const { camera, queue, clock } = await movedCamera(t);
  queue.order(move('left', 0));
  await fact(() => camera.ptz.isMoving);
  await clock.advance(8000);
  // The camera's own timeout of 10 s would end it, so it is sent again.
  await camera.asked('ContinuousMove', 2);
  await clock.advance(6900);
  assert.equal(camera.ptz.isMoving, true);
  assert.equal(camera.count('Stop'), 0);
  await clock.advance(200);
  await camera.asked('Stop');
  await fact(() => clock.sleeping > 0);
  await clock.advance(400);
  await camera.asked('Stop', 2);
  assert.equal(camera.ptz.isMoving, false);
});

test('the same order again keeps a held button moving', async (t) => {
  const { camera, queue, clock } = await movedCamera(t);
  for (let held = 1; held <= 4; held++) {
    const before = camera.count('ContinuousMove');
    queue.order(move('left', 0));
    await camera.asked('ContinuousMove', before + 1);
    await clock.advance(7000);
    assert.equal(camera.ptz.isMoving, true);
  }
  assert.equal(camera.count('Stop'), 0);
});

test('a camera that ignores its own timeout is stopped all the same', async (t) => {
  const { camera, queue, clock } = await movedCamera(t, { habits: ['ptz-ignores-timeout'] });
  queue.order(move('left', 0));
  await fact(() => camera.ptz.isMoving);
  await clock.advance(8000);
  await camera.asked('ContinuousMove', 2);
  await clock.advance(8000);
  await fact(() => !camera.ptz.isMoving);
});

test('without a link to the platform no Stop would come: what moves is stopped, what stands still is left alone', async (t) => {
  const { camera, queue } = await movedCamera(t);
  queue.halt();
  queue.order(move('left'));
  await fact(() => camera.ptz.isMoving);
  assert.equal(camera.count('Stop'), 0);
  queue.halt();
  await camera.asked('Stop');
  assert.equal(camera.ptz.isMoving, false);
});

test('the end of the run stops the camera', async (t) => {
  const { camera, queue, end } = await movedCamera(t);
  queue.order(move('left'));
  await fact(() => camera.ptz.isMoving);
  await end();
  assert.equal(camera.ptz.isMoving, false);
});

test('a move whose answer is lost is followed by Stop, because it may have been obeyed', async (t) => {
  const { camera, queue, mover } = await movedCamera(t, { habits: ['ptz-move-unanswered'] });
  queue.order(move('left'));
  await camera.asked('Stop');
  await fact(() => !mover.isMoving);
  assert.equal(camera.ptz.isMoving, false);
});

test('a Stop that fails is tried again until it works', async (t) => {
  const { camera, queue, clock } = await movedCamera(t);
  queue.order(move('left', 0));
  await fact(() => camera.ptz.isMoving);
  camera.habits.set('html-with-200', true);
  queue.order(STOP);
  await fact(() => camera.count('ContinuousMove') >= 2);
  camera.habits.set('html-with-200', false);
  await fact(() => clock.sleeping > 0);
  await clock.advance(1100);
  await fact(() => !camera.ptz.isMoving);
});

test('a preset stops the move that is under way', async (t) => {
  const { camera, queue, clock } = await movedCamera(t);
  camera.presets.put({ token: '7', name: 'Gate', position: { pan: 0.5, tilt: -0.5, zoom: 0 } });
  queue.order(move('left'));
  await fact(() => camera.ptz.isMoving);
  queue.order({ type: 'goto', id: 7 });
  await camera.asked('GotoPreset');
  await fact(() => camera.ptz.position.pan === 0.5);
  assert.equal(camera.count('Stop'), 1);
  await clock.advance(20_000);
  assert.equal(camera.ptz.position.pan, 0.5);
});

test('a preset is kept where the camera stands half a second after its Stop', async (t) => {
  const { camera, queue, clock } = await movedCamera(t, { habits: ['presets-stand-still'] });
  queue.order(move('right'));
  await fact(() => camera.ptz.isMoving);
  await clock.advance(2000);
  queue.order({ type: 'set', id: 3 });
  await camera.asked('Stop');
  await fact(() => clock.sleeping > 0);
  assert.equal(camera.count('SetPreset'), 0);
  await clock.advance(500);
  await camera.asked('SetPreset');
  assert.ok(Math.abs((camera.presets.find('1')?.position.pan ?? 0) - 0.4) < 0.01);
});

test('a hundred preset orders are not all kept', async (t) => {
  const { queue, text } = await movedCamera(t);
  for (let id = 0; id < 100; id++) queue.order({ type: 'clear', id });
  assert.match(text(), /too many preset orders/);
});
