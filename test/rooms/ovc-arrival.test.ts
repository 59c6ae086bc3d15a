import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKeepalive, linked } from '../peers/linked.ts';

const ALARM = { channel: 0, datetime: '2026-01-02T03:04:05', type: 3, state: 'start', desc: '' } as const;

test('a request is known to have arrived though it is never answered', async (t) => {
  const { ovc, link } = await linked(t);
  await ovc.hears(isKeepalive);
  ovc.answering = false;
  const arrived = new Promise<void>((resolve) => {
    link.call('AlarmNotify', ALARM, resolve).catch(() => undefined);
  });
  await arrived;
  assert.ok(ovc.heard.some(({ req }) => req === 'AlarmNotify'));
});

test('a request on a link that is dead without a sign is not said to have arrived', async (t) => {
  const { ovc, link } = await linked(t);
  await ovc.hears(isKeepalive);
  await ovc.until(() => link.up);
  ovc.freeze();
  let arrived = false;
  const call = link.call('AlarmNotify', ALARM, () => {
    arrived = true;
  });
  ovc.cut();
  await assert.rejects(call, /the link to the OVC is down/);
  assert.equal(arrived, false);
  await ovc.until(() => ovc.dials.length === 2 && link.up);
});
