import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Credentials } from '../../src/channel/ports.ts';
import { REFUSED_LOGIN_PAUSES } from '../../src/channel/refused-login.ts';
import { type KnownCamera, Whereabouts } from '../../src/onvif/identity/whereabouts.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { supervise } from '../../src/runtime/supervise.ts';
import type { BadHabitName } from '../../src/simulator/camera/bad-habits.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { LeanCamera } from '../peers/lean-camera.ts';
import { ADMIN, fact, visitor } from '../peers/onvif-visit.ts';
import { readableLog } from '../peers/readable-log.ts';

const OTHER: Credentials = { username: 'admin', password: new Secret('not what we think') };
const TEN_MINUTES = 600_000;
const STEP = 5000;
const PAUSES = { minMs: 1_000, maxMs: 8_000, healthyMs: 30_000 };

/** How a camera wants its login, and what it tells before one. */
const HABITS: ReadonlyArray<readonly BadHabitName[]> = [
  [],
  ['http-digest'],
  ['digest-everywhere'],
  ['two-digests'],
  ['open-identity'],
  ['open-identity', 'http-digest'],
];

for (const habits of HABITS) {
  const which = habits.length > 0 ? `with the habit ${habits.join(' and ')}` : 'without bad habits';
  test(`a camera ${which} sees at most six wrong logins in ten minutes, however unlucky the pauses`, async (t) => {
    const clock = new FakeClock();
    const camera = await LeanCamera.start(t, clock, habits, { user: OTHER });
    let known: KnownCamera | undefined;
    const keep = (next: KnownCamera): void => {
      known = next;
    };
    const memory = { recall: () => known, keep };
    const { log, lines } = readableLog('debug');
    const world = { clock, log };
    const place = { host: '127.0.0.1', port: camera.port };
    const silence = { sightings: () => [], lost: () => undefined, probe: async () => undefined };
    const finder = new Whereabouts({ wanted: place, credentials: ADMIN, memory, ...silence, ...world });
    const visit = visitor(t, camera.port, { finder, ...world });
    const listener = { seen: () => undefined, alarm: () => undefined, hearing: () => undefined };
    const pausesByKind = { 'camera-unauthorized': REFUSED_LOGIN_PAUSES };
    const done = supervise((stay) => visit.camera.watch(listener, stay), {
      ...{ signal: visit.end.signal, pauses: PAUSES, pausesByKind, random: () => 0, ...world },
    });
    const refusals = (): number => lines.filter(({ msg }) => msg === 'camera refuses the login').length;
    await fact(() => refusals() > 0);
    for (let gone = 0; gone < TEN_MINUTES; gone += STEP) {
      await clock.advance(STEP);
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    visit.end.abort();
    await done;
    const { authFailures } = camera.counts;
    assert.ok(authFailures > 0 && authFailures <= 6, `${authFailures} wrong logins`);
  });
}
