import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CameraListener, Credentials } from '../../src/channel/ports.ts';
import { describe } from '../../src/media/rtsp/client.ts';
import { OnvifCamera } from '../../src/onvif/camera.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { Secret } from '../../src/runtime/secret.ts';
import type { BadHabitName } from '../../src/simulator/camera/bad-habits.ts';
import { VirtualCamera } from '../../src/simulator/camera/camera.ts';
import { memoryStore } from '../peers/memory-presets.ts';
import { ADMIN, failureOf } from '../peers/onvif-visit.ts';
import { readableLog } from '../peers/readable-log.ts';

const DEAF: CameraListener = { seen: () => undefined, alarm: () => undefined, hearing: () => undefined };

/** Against the virtual camera, RTSP and all: the replies are those of another author than ours. */

const { log, text } = readableLog();
const life = new AbortController();
let virtual: VirtualCamera;

before(async () => {
  const identity = { name: 'Front door', serial: '00012345678901234567890', mac: '00:11:22:33:44:55' };
  virtual = await VirtualCamera.start({ ...identity, ...ADMIN, sub: {} }, { signal: life.signal, log });
});
after(async () => {
  life.abort();
  await virtual.close();
});

function camera(credentials: Credentials = ADMIN): OnvifCamera {
  return new OnvifCamera({
    host: '127.0.0.1',
    port: virtual.onvifPort,
    credentials,
    describe: (url, login, signal) => describe(url, login, systemClock, signal),
    profile: 'auto',
    ptz: { presets: () => memoryStore() },
    events: undefined,
    clock: systemClock,
    log,
  });
}

async function having<T>(habit: BadHabitName, work: () => Promise<T>): Promise<T> {
  virtual.habits.set(habit, true);
  try {
    return await work();
  } finally {
    virtual.habits.set(habit, false);
  }
}

test('sees a camera whole', async () => {
  const { device, streams, services, clockOffsetMs } = await camera().info(life.signal);
  assert.equal(device?.serial, '00012345678901234567890');
  assert.deepEqual(
    streams.map(({ profile, video, audio, url }) => [profile, video, audio, url.href]),
    [
      ['main', 'H264', 'G711', virtual.rtspUrl('main').href],
      ['sub', 'H264', 'G711', virtual.rtspUrl('sub').href],
    ],
  );
  assert.ok(services.includes('media') && services.includes('media2'));
  assert.ok(Math.abs(clockOffsetMs ?? 1e9) < 5000);
});

/** With these a camera must look just as it does without them, and see no wrong login. */
const MENDED: readonly BadHabitName[] = [
  'zero-host',
  'other-nic-host',
  'link-local-host',
  'doubled-port',
  'relative-xaddr',
  'empty-xaddr',
  'https-xaddr',
  'double-escaped',
  'userinfo-in-uri',
  'no-utc',
  'http-digest',
  'digest-everywhere',
  'empty-400',
  'fault-with-200',
  'undeclared-prefix',
  'bom-and-nul',
  'no-media2',
  'media2-broken',
  'no-video-encoder',
  'no-video-sources',
  'rtsp-two-digests',
];
for (const habit of MENDED) {
  test(`does not mind a camera with the habit ${habit}`, async () => {
    const { authFailures } = virtual.counts.soap;
    const { streams } = await having(habit, () => camera().info(life.signal));
    assert.deepEqual(
      streams.map(({ url, video }) => [url.href, video]),
      [
        [virtual.rtspUrl('main').href, 'H264'],
        [virtual.rtspUrl('sub').href, 'H264'],
      ],
    );
    assert.equal(virtual.counts.soap.authFailures, authFailures);
  });
}

for (const habit of ['two-digests', 'sha256-digest', 'basic-only', 'lower-case-digest', 'qop-list'] as const) {
  test(`answers the challenge ${habit} before every operation`, async () => {
    const { authFailures } = virtual.counts.soap;
    await having('digest-everywhere', () => having(habit, () => camera().info(life.signal)));
    assert.equal(virtual.counts.soap.authFailures, authFailures);
  });
}

/** What a person reads for each habit that leaves no camera to speak of. */
const LOST: readonly (readonly [BadHabitName, string])[] = [
  ['truncates', 'camera sent a reply that makes no sense: cut off'],
  ['huge', 'camera sent a reply that is too large'],
  ['html-with-200', 'no ONVIF service at this address: a web page'],
  ['rtsp-refuses-login', 'camera refuses the login: its stream refuses the user name or password'],
];
for (const [habit, sentence] of LOST) {
  test(`says what is the matter with a camera with the habit ${habit}`, async () => {
    const err = await having(habit, () => failureOf(camera().watch(DEAF, life.signal)));
    assert.equal(err.sentence, sentence);
  });
}

test('has a wrong password refused once, and no more than twice where HTTP asks for it', async () => {
  const wrong = { ...ADMIN, password: new Secret('not the password') };
  for (const [habit, most] of [
    ['no-media2', 1],
    ['http-digest', 2],
    ['digest-everywhere', 2],
  ] as const) {
    const { authFailures } = virtual.counts.soap;
    const err = await having(habit, () => failureOf(camera(wrong).info(life.signal)));
    assert.equal(err.kind, 'camera-unauthorized');
    const refused = virtual.counts.soap.authFailures - authFailures;
    assert.ok(refused >= 1 && refused <= most, `${habit}: ${refused}`);
  }
});

test('loses the camera with its power and finds it again with it', async () => {
  const end = new AbortController();
  await virtual.powerOff();
  const err = await failureOf(camera().watch(DEAF, end.signal));
  assert.equal(err.sentence, 'camera cannot be reached: connection refused');
  await virtual.powerOn();
  await camera().watch({ ...DEAF, seen: () => end.abort() }, end.signal);
});

test('has written no password into any log line', () => {
  const secret = JSON.stringify(ADMIN.password.reveal()).slice(1, -1);
  assert.ok(!text().includes(secret) && !text().includes('not the password'));
});
