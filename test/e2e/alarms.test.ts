import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localDateTime } from '../../src/device/local-time.ts';
import { motion } from '../peers/heard-camera.ts';
import { CODE, startSite } from '../peers/site.ts';

const PATIENT = { timeoutMs: 20_000 };

type Site = Awaited<ReturnType<typeof startSite>>;

const pictureAt = (ovc: Site['ovc']) =>
  ovc.waitFor(
    () => ovc.alarms.all.map(({ picture }) => picture).find((picture) => picture?.bytes !== undefined),
    PATIENT,
  );

/** Resolves when the gateway waits for the camera's events. */
async function listening({ cameras }: Site): Promise<void> {
  const events = cameras[0]?.equipment.events;
  while ((events?.counts.waiting ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('what a camera sees becomes an alarm at the platform, with a picture of the moment', async (t) => {
  const site = await startSite(t);
  const { ovc, cameras, channel } = site;
  await listening(site);
  const since = localDateTime(new Date());
  cameras[0]?.equipment.events.emit(motion(true));
  const alarm = await ovc.waitFor(() => ovc.alarms.all[0]);
  assert.deepEqual([alarm.channel, alarm.type, alarm.state], [0, 3, 'start']);
  assert.match(alarm.desc, /motion/i);
  assert.ok(alarm.datetime >= since && alarm.datetime <= localDateTime(new Date()));
  const picture = await pictureAt(ovc);
  assert.deepEqual(picture.faults, []);
  assert.equal(cameras[0]?.counts.snapshots, 1);
  await ovc.waitFor(() => channel(0)?.alarm === 8);
  cameras[0]?.equipment.events.emit(motion(false));
  await ovc.waitFor(() => ovc.alarms.all[1]?.state === 'end' && channel(0)?.alarm === undefined);
  assert.equal(ovc.devices.get(CODE)?.report.faults, 0);
});

for (const habit of ['no-snapshot-uri', 'html-snapshot'] as const) {
  test(`a camera with the habit ${habit} gives its picture out of its video`, async (t) => {
    const site = await startSite(t, { cameras: [{ habits: [habit] }] });
    const { ovc, cameras } = site;
    await listening(site);
    cameras[0]?.equipment.events.emit(motion(true));
    const picture = await pictureAt(ovc);
    assert.deepEqual(picture.faults, []);
    assert.equal(ovc.alarms.all.length, 1);
  });
}
