import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localDateTime } from '../../src/device/local-time.ts';
import type { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { alarmSite, CODE, startPlatform } from '../peers/alarm-site.ts';
import { scratch } from '../peers/scratch.ts';

const PATIENT = { timeoutMs: 30_000 };
const PAIRS = 150;
const EVENT = new Date(2026, 2, 4, 5, 6, 7);

const online = (ovc: OvcSimulator) =>
  ovc.waitFor(() => ovc.devices.get(CODE)?.report.channels.some(({ state }) => state === 1), PATIENT);
const told = (ovc: OvcSimulator) => ovc.alarms.all.map(({ type, state, datetime }) => ({ type, state, datetime }));
const flags = (ovc: OvcSimulator) => ovc.devices.get(CODE)?.report.channels[0]?.alarm;

test('an alarm is told with its number, its local time and its words, and keepalive shows it', async (t) => {
  const { ovc, camera } = await alarmSite(t);
  await online(ovc);
  camera.tell('motion', 'start', EVENT);
  const alarm = await ovc.waitFor(() => ovc.alarms.all[0]);
  assert.deepEqual(
    [alarm.channel, alarm.type, alarm.state, alarm.datetime, alarm.desc],
    [0, 3, 'start', '2026-03-04T05:06:07', 'motion start'],
  );
  await ovc.waitFor(() => flags(ovc) === 8);
  camera.tell('motion', 'end');
  await ovc.waitFor(() => ovc.alarms.all[1]?.state === 'end' && flags(ovc) === undefined);
  assert.equal(ovc.devices.get(CODE)?.report.faults, 0);
});

test('a camera that says the same twice raises one alarm, and an end without a start none', async (t) => {
  const { ovc, camera } = await alarmSite(t);
  await online(ovc);
  camera.tell('sound', 'end');
  camera.tell('motion', 'start', EVENT);
  camera.tell('motion', 'start', EVENT);
  camera.tell('motion', 'end', EVENT);
  camera.tell('motion', 'end', EVENT);
  camera.tell('face', 'start', EVENT);
  await ovc.waitFor(() => ovc.alarms.all.at(-1)?.type === 6);
  assert.deepEqual(
    told(ovc).map(({ type, state }) => `${type} ${state}`),
    ['3 start', '3 end', '6 start'],
  );
});

test('alarms raised while the link is down are told in order, with their own times, after a restart too', async (t) => {
  const directory = await scratch(t);
  const ovc = await startPlatform(t);
  const first = await alarmSite(t, { ovc, directory });
  await online(ovc);
  ovc.faults.set({ refuseLogin: 'status' });
  ovc.devices.get(CODE)?.cut();
  await ovc.waitFor(() => !ovc.devices.get(CODE)?.report.connected);
  const times = [0, 1, 2, 3].map((seconds) => new Date(EVENT.getTime() + seconds * 1_000));
  for (const [count, at] of times.entries()) first.camera.tell('motion', count % 2 === 0 ? 'start' : 'end', at);
  assert.equal(first.alarms.status.waiting, 4);
  await first.end();
  ovc.faults.clear();
  const second = await alarmSite(t, { ovc, directory });
  await ovc.waitFor(() => ovc.alarms.all.length === 4, PATIENT);
  assert.deepEqual(
    told(ovc),
    times.map((at, count) => ({ type: 3, state: count % 2 === 0 ? 'start' : 'end', datetime: localDateTime(at) })),
  );
  await second.end();
});

test('an alarm that the platform got and never answered is not told twice when the link is lost', async (t) => {
  const { ovc, camera, alarms } = await alarmSite(t);
  await online(ovc);
  ovc.faults.set({ silent: true });
  camera.tell('motion', 'start');
  await ovc.waitFor(() => ovc.alarms.all.length === 1);
  // Its answer never comes, but the platform's end has said that it has it; a keepalive makes the platform look again.
  await ovc.waitFor(() => alarms.status.waiting === 0);
  ovc.faults.clear();
  ovc.devices.get(CODE)?.cut();
  camera.tell('motion', 'end');
  await ovc.waitFor(() => ovc.alarms.all.at(-1)?.state === 'end', PATIENT);
  assert.deepEqual(
    told(ovc).map(({ state }) => state),
    ['start', 'end'],
  );
});

test('a storm of alarms loses none, keeps their order, and no keepalive waits for it', async (t) => {
  const { ovc, camera } = await alarmSite(t);
  await online(ovc);
  ovc.faults.set({ answerDelayMs: 10 });
  for (let count = 0; count < PAIRS; count++) {
    camera.tell('external', 'start', EVENT);
    camera.tell('external', 'end', EVENT);
  }
  const before = ovc.devices.get(CODE)?.report.keepalives ?? 0;
  camera.tell('motion', 'start');
  await ovc.waitFor(() => flags(ovc) === 8, PATIENT);
  assert.ok(ovc.alarms.count < 2 * PAIRS, 'the storm is still going on');
  assert.ok((ovc.devices.get(CODE)?.report.keepalives ?? 0) > before);
  await ovc.waitFor(() => ovc.alarms.count === 2 * PAIRS + 1, PATIENT);
  const storm = told(ovc).filter(({ type }) => type === 2);
  assert.equal(storm.length, 2 * PAIRS);
  assert.ok(storm.slice(1).every(({ state }, count) => state !== storm[count]?.state));
});
