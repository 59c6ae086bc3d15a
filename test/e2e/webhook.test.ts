import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayProcess } from '../peers/gateway-process.ts';
import { motion } from '../peers/heard-camera.ts';
import { siteConfig, startCamera, startOvc } from '../peers/site.ts';

/** Three minutes: a camera must not be asked for subscriptions too often. */
const isLong = process.env['OVD_LONG'] === '1';
const skip = isLong ? false : 'takes three minutes; OVD_LONG=1 runs it';

test('a camera that refuses pull-points calls the gateway, and its alarm is at the platform', { skip }, async (t) => {
  const [ovc, camera] = await Promise.all([startOvc(t), startCamera(t, { habits: ['no-pull-point'] })]);
  const config = { ...JSON.parse(siteConfig(ovc, [camera])), events: { webhook_listen: '127.0.0.1:0' } };
  const gateway = GatewayProcess.run(t, JSON.stringify(config));
  const { events } = camera.equipment;
  while (events.counts.open === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  events.emit(motion(true));
  const alarm = await ovc.waitFor(() => ovc.alarms.all[0], { timeoutMs: 20_000 });
  assert.deepEqual([alarm.type, alarm.state], [3, 'start']);
  gateway.kill('SIGTERM');
  assert.equal(await gateway.ended, 0);
  assert.equal(events.counts.open, 0);
});
