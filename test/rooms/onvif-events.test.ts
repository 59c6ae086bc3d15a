import assert from 'node:assert/strict';
import { test } from 'node:test';
import { videoSourceOf } from '../../src/onvif/events/notification.ts';
import type { BadHabitName } from '../../src/simulator/camera/bad-habits.ts';
import { heardCamera, motion } from '../peers/heard-camera.ts';
import { fact } from '../peers/onvif-visit.ts';

/** What a camera may do to a pull-point that must not cost us an alarm. */
const HABITS: ReadonlyArray<readonly BadHabitName[]> = [
  [],
  ['wants-term'],
  ['absolute-term-only'],
  ['short-term'],
  ['year-term'],
  ['reference-parameters'],
  ['addressing-required'],
  ['addressing-required', 'reference-parameters'],
  ['addressing-not-understood'],
  ['addressing-not-understood', 'reference-parameters'],
  ['pulls-at-once'],
  ['pull-hangs-up'],
  ['idle-drops'],
  ['no-renew'],
  ['one-slot'],
  ['no-sync-point'],
  ['all-initialized'],
  ['no-operation'],
  ['unsubscribe-ends-all'],
  ['other-nic-host'],
  ['zero-host'],
  ['relative-xaddr'],
  ['empty-xaddr', 'reference-parameters'],
  ['doubled-port'],
  ['https-xaddr'],
  ['double-escaped'],
  ['bom-and-nul'],
  ['undeclared-prefix'],
  ['fault-with-200', 'absolute-term-only'],
];

for (const habits of HABITS) {
  test(`hears a camera ${habits.length > 0 ? `with the habit ${habits.join(' and ')}` : 'without bad habits'}`, async (t) => {
    const { camera, told, clock } = await heardCamera(t, habits);
    await fact(() => camera.events.counts.pulls > 0);
    await fact(() => camera.events.counts.waiting > 0 || clock.sleeping > 1);
    camera.events.emit(motion(true));
    while (told().length < 1) await clock.advance(50);
    await clock.advance(1100);
    camera.events.emit(motion(false));
    while (told().length < 2) await clock.advance(50);
    assert.deepEqual(told(), ['motion start', 'motion end']);
  });
}

test('the alarm has the time at which it came, and words for a person', async (t) => {
  const { camera, reports, subscribed } = await heardCamera(t);
  await subscribed();
  camera.events.emit({ ...motion(true), source: [['Rule', 'Gate']] });
  await fact(() => reports.length > 0);
  assert.deepEqual(reports, [
    { alarm: 'motion', state: 'start', desc: 'motion (Gate)', initial: false, at: new Date('2026-01-02T03:04:05Z') },
  ]);
});

test('what is on while subscribing is an alarm that was there before', async (t) => {
  const { camera, source, reports, clock, end } = await heardCamera(t, ['no-events']);
  camera.events.emit(motion(true));
  camera.habits.set('no-events', false);
  while (reports.length < 1) await clock.advance(100);
  assert.equal(reports[0]?.initial, true);
  assert.deepEqual([...source.alarms], ['motion']);
  await end();
});

test('a subscription is renewed at four fifths of its term and given back at the end', async (t) => {
  const { camera, subscribed, pass, end } = await heardCamera(t);
  await subscribed();
  await pass(470_000, 10_000);
  assert.equal(camera.events.counts.renewed, 0);
  await pass(40_000, 2000);
  await fact(() => camera.events.counts.renewed === 1);
  await pass(600_000, 10_000);
  assert.ok(camera.events.counts.renewed >= 2);
  assert.equal(camera.events.counts.made, 1);
  await end();
  assert.equal(camera.events.counts.open, 0);
  assert.equal(camera.events.counts.ended, 1);
});

test('a camera whose Unsubscribe ends everybody’s is left without one where it is set so', async (t) => {
  const { camera, subscribed, end } = await heardCamera(t, [], { noUnsubscribe: true });
  await subscribed();
  await end();
  assert.equal(camera.events.counts.ended, 0);
});

test('a subscription that the camera has forgotten is made anew, and no alarm ends for that', async (t) => {
  const { camera, told, subscribed, pass } = await heardCamera(t);
  await subscribed();
  camera.events.emit(motion(true));
  await fact(() => told().length === 1);
  await pass(200, 100);
  await fact(() => camera.events.counts.waiting > 0);
  camera.events.forgetAll();
  await pass(3000, 500);
  await subscribed(2);
  assert.deepEqual(told(), ['motion start']);
  camera.events.emit(motion(false));
  await fact(() => told().length === 2);
});

test('a camera with three places keeps the three that have them, and ours is tried for again', async (t) => {
  const { camera, pass, told } = await heardCamera(t, ['three-slots']);
  await fact(() => camera.events.counts.pulls > 0);
  for (let place = 0; place < 2; place++) camera.events.make(60_000);
  assert.equal(camera.events.make(60_000), undefined);
  camera.events.forgetAll();
  for (let place = 0; place < 3; place++) camera.events.make(30_000);
  await pass(20_000);
  assert.equal(camera.events.counts.open, 3);
  await pass(60_000, 2000);
  camera.events.emit(motion(true));
  while (told().length < 1) await pass(1000);
});

test('two subscribers that evict each other do not do so for ever', async (t) => {
  const { camera, pass } = await heardCamera(t);
  const ten = 600_000;
  for (let gone = 0; gone < ten; gone += 5000) {
    camera.events.forgetAll();
    await pass(5000, 2500);
  }
  const { made } = camera.events.counts;
  assert.ok(made > 5 && made <= 18, `${made} subscriptions in ten minutes`);
});

test('a camera that refuses subscriptions is asked ever less often', async (t) => {
  const { camera, pass } = await heardCamera(t, ['no-pull-point']);
  await pass(600_000, 5000);
  const asked = camera.count('CreatePullPointSubscription');
  // Each try is two, with a span and with a time.
  assert.ok(asked >= 12 && asked <= 32, `${asked} in ten minutes`);
});

test('a camera that refuses the login is asked at most six times in ten minutes', async (t) => {
  const { camera, pass } = await heardCamera(t, ['http-digest']);
  await pass(600_000, 5000);
  assert.ok(camera.count('CreatePullPointSubscription') <= 6);
});

test('a camera that goes away and comes back is heard again', async (t) => {
  const { camera, told, subscribed, pass, source } = await heardCamera(t);
  await subscribed();
  camera.habits.set('hangs', true);
  source.offline();
  camera.events.emit(motion(true));
  await pass(60_000, 2000);
  camera.habits.set('hangs', false);
  await pass(120_000, 2000);
  await subscribed();
  camera.events.emit(motion(true));
  await fact(() => told().includes('motion start'));
});

test('a recorder’s events go to the channel of their source only', async (t) => {
  const { camera, told, subscribed } = await heardCamera(t, [], {
    belongs: (notification) => videoSourceOf(notification) === 'vs1',
  });
  await subscribed();
  camera.events.emit(motion(true));
  camera.events.emit({
    ...motion(true),
    topic: 'tns1:RuleEngine/MyRuleDetector/FaceDetect',
    source: [['Source', 'vs1']],
  });
  await fact(() => told().length > 0);
  assert.deepEqual(told(), ['face start']);
});

test('an unknown topic is logged once and never an alarm', async (t) => {
  const { camera, told, lines, subscribed, pass } = await heardCamera(t);
  await subscribed();
  for (let time = 0; time < 3; time++) {
    camera.events.emit({ topic: 'tns1:Vendor/Surprise', data: [['State', 'true']] });
    await pass(500, 100);
  }
  camera.events.emit(motion(true));
  await fact(() => told().length === 1);
  assert.equal(lines.filter(({ topic }) => topic === 'Vendor/Surprise').length, 1);
});

test('a camera that used to talk and is silent for long is said to be, once, until it talks again', async (t) => {
  const kept = { heardAt: '2026-01-01T03:14:05.000Z', longestMs: 0, quietMs: 86_400_000 - 300_000 };
  const memory = { recall: () => kept, keep: () => undefined };
  const { camera, hearings, subscribed, pass, lines } = await heardCamera(t, [], { memory });
  const said = (words: string): number => lines.filter(({ msg }) => msg === words).length;
  await subscribed();
  await pass(290_000, 5000);
  assert.equal(hearings.at(-1)?.silentSince, undefined);
  await pass(60_000, 5000);
  assert.equal(hearings.at(-1)?.mode, 'pull');
  assert.ok(hearings.at(-1)?.silentSince);
  await subscribed();
  camera.events.emit(motion(true));
  await fact(() => hearings.at(-1)?.silentSince === undefined);
  assert.equal(said('camera used to send events and is silent'), 1);
  assert.equal(said('camera sends events again'), 1);
});

test('a camera whose subscription is lost says that nothing is subscribed', async (t) => {
  const { camera, hearings, subscribed, pass } = await heardCamera(t);
  await subscribed();
  camera.habits.set('no-pull-point', true);
  camera.events.forgetAll();
  await pass(2000, 500);
  await fact(() => hearings.at(-1)?.mode === 'none');
  assert.deepEqual([...new Set(hearings.map(({ mode }) => mode))], ['none', 'pull']);
});
