import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getSystemDateAndTime } from '../../src/onvif/camera-clock.ts';
import { OnvifSession } from '../../src/onvif/session.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { collectGarbage } from '../peers/collect-garbage.ts';
import { LeanCamera } from '../peers/lean-camera.ts';
import { ADMIN } from '../peers/onvif-visit.ts';
import { readableLog } from '../peers/readable-log.ts';

const REQUESTS = 40;

test('a session holds on to nothing that the camera has answered before', async (t) => {
  const camera = await LeanCamera.start(t, systemClock);
  const device = camera.at('/onvif/device_service');
  const session = new OnvifSession({ device, credentials: ADMIN, clock: systemClock, log: readableLog().log });
  t.after(() => session.close());
  const answers: WeakRef<object>[] = [];
  for (let number = 0; number < REQUESTS; number++) {
    answers.push(new WeakRef(await session.call(getSystemDateAndTime, {}, new AbortController().signal)));
  }
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  const held = answers.filter((answer) => answer.deref() !== undefined).length;
  assert.ok(held <= 2, `${held} of ${REQUESTS} answers are held`);
});
