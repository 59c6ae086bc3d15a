import assert from 'node:assert/strict';
import { test } from 'node:test';
import { surveyLines } from '../../src/commands/survey-words.ts';
import { survey } from '../../src/onvif/survey/survey.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { Secret } from '../../src/runtime/secret.ts';
import type { BadHabitName } from '../../src/simulator/camera/bad-habits.ts';
import { LeanCamera } from '../peers/lean-camera.ts';
import { ADMIN, failureOf, H264 } from '../peers/onvif-visit.ts';
import { readableLog } from '../peers/readable-log.ts';

const EVENTS_MS = 400;

function surveyed({ port, host }: Pick<LeanCamera, 'port' | 'host'>, credentials = ADMIN) {
  const { log } = readableLog();
  const parts = {
    credentials,
    describe: async () => H264,
    probe: async () => undefined,
    eventsMs: EVENTS_MS,
    ...{ clock: systemClock, log },
  };
  return survey({ host, port }, parts, new AbortController().signal);
}

test('a camera is described in full, without its password', async (t) => {
  const camera = await LeanCamera.start(t, systemClock, ['open-identity']);
  camera.presets.put({ token: '1', name: 'Gate', position: camera.ptz.position });
  const looking = surveyed(camera);
  await camera.asked('PullMessages');
  camera.events.emit({ topic: 'tns1:VideoSource/MotionAlarm', data: [['State', 'true']] });
  const seen = await looking;
  assert.deepEqual(seen.faults, { snapshot: 'camera sent no picture' });
  assert.equal(seen.identity.serial, 'L-1');
  assert.equal(seen.openly.serial, 'L-1');
  assert.deepEqual(
    seen.streams.map(({ profile, video }) => `${profile} ${video}`),
    ['main H264'],
  );
  assert.equal(seen.moves?.abilities.panTilt, 'continuous');
  assert.deepEqual(
    seen.moves?.presets.map(({ name }) => name),
    ['Gate'],
  );
  const motion = seen.events?.topics.find(({ topic }) => topic.includes('MotionAlarm'));
  assert.deepEqual(motion?.alarms, ['motion']);
  const text = `${JSON.stringify(seen)}\n${surveyLines(seen).join('\n')}`;
  assert.doesNotMatch(text, /s3cret|credentials/);
  assert.match(text, /pan and tilt continuous/);
});

/** A habit, and the words that tell of it. */
const ODD: ReadonlyArray<readonly [BadHabitName, RegExp]> = [
  ['http-digest', /wants its login in HTTP/],
  ['ptz-capabilities-only', /tells anybody nothing/],
];

for (const [habit, words] of ODD) {
  test(`the look at a camera with the habit ${habit} says so`, async (t) => {
    const camera = await LeanCamera.start(t, systemClock, [habit]);
    assert.match(surveyLines(await surveyed(camera)).join('\n'), words);
  });
}

test('a camera that is a year ahead is looked at all the same, and its clock is mentioned', async (t) => {
  const camera = await LeanCamera.start(t, systemClock);
  camera.habits.clockSkewMs = 365 * 24 * 3_600_000;
  const { quirks, identity } = await surveyed(camera);
  assert.equal(identity.serial, 'L-1');
  assert.ok(quirks.some((quirk) => quirk.startsWith('its clock is off')));
});

test('a wrong password leaves what the camera tells anybody, and costs it few refusals', async (t) => {
  const camera = await LeanCamera.start(t, systemClock, ['open-identity']);
  const seen = await surveyed(camera, { username: 'admin', password: new Secret('no') });
  assert.equal(seen.identity.serial, 'L-1');
  assert.match(seen.faults['profiles'] ?? '', /refuses the login/);
  assert.ok(camera.counts.authFailures <= 2);
});

test('what is no camera is said to be none', async () => {
  assert.equal((await failureOf(surveyed({ host: '127.0.0.1', port: 1 }))).kind, 'camera-unreachable');
});
