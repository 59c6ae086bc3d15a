import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localDateTime } from '../../src/device/local-time.ts';
import { type Clock, systemClock } from '../../src/runtime/clock.ts';
import { motion } from '../peers/heard-camera.ts';
import { startRecord, stopRecord, stored } from '../peers/recorded.ts';
import { startSite } from '../peers/site.ts';

/** A Pi after a power cut: its clock begins in 1970. */
const inSeventy: Clock = { ...systemClock, wall: () => new Date(Date.now() % 86_400_000) };

test('a box that boots in 1970 learns the time from the platform and stamps with it', async (t) => {
  const site = await startSite(t, { clock: inSeventy });
  const { ovc, cameras, gateway, lines } = site;
  const since = Date.now();
  await startRecord(ovc, 'seventy', { seg_duration: 1 });
  const events = cameras[0]?.equipment.events;
  while ((events?.counts.waiting ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  events?.emit(motion(true));
  const alarm = await ovc.waitFor(() => ovc.alarms.all[0], { timeoutMs: 20_000 });
  // The platform's web server tells whole seconds.
  assert.ok(alarm.datetime >= localDateTime(new Date(since - 6_000)), alarm.datetime);
  assert.ok(alarm.datetime <= localDateTime(new Date(Date.now() + 6_000)), alarm.datetime);
  const { segments } = await stored(ovc, 'seventy', 2);
  assert.ok(segments.every(({ start }) => Math.abs(start * 1000 - since) < 60_000));
  await stopRecord(ovc, 'seventy');
  assert.deepEqual([gateway.rooms.time.trusted, gateway.rooms.time.by], [true, 'platform']);
  assert.equal(
    lines.filter(({ msg }) => msg === 'the clock of this box is wrong, so the platform is believed').length,
    1,
  );
});
