import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { systemClock } from '../../src/runtime/clock.ts';
import { Scope } from '../../src/runtime/scope.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { VirtualCamera } from '../../src/simulator/camera/camera.ts';
import { runFfmpeg } from '../../src/simulator/camera/child-process.ts';
import { TEST_MAIN } from '../../src/simulator/camera/profiles.ts';
import { landscape } from '../../src/simulator/camera/view/landscape.ts';
import { jpegOf } from '../../src/simulator/camera/view/live-picture.ts';
import { Viewfinder } from '../../src/simulator/camera/view/viewfinder.ts';
import { readableLog } from '../peers/readable-log.ts';

const run = promisify(execFile);
const FAKE = join(import.meta.dirname, '../peers/fake-ffmpeg.mjs');
const IDENTITY = { name: 'Gate', serial: 'VC-0001', mac: '02:00:00:00:00:01', username: 'admin' };
const SMALL = { width: 320, height: 180, framesPerSecond: 10 };
const [COLUMNS, LINES] = [32, 18];
/** As many as come at once, and a second's more. */
const FRAMES = 20;

async function lookingAround(t: TestContext): Promise<VirtualCamera> {
  const life = new Scope();
  const options = {
    ...IDENTITY,
    password: new Secret('pass'),
    surroundings: 0,
    main: { ...SMALL, audio: 'none' },
  } as const;
  const camera = await VirtualCamera.start(options, { signal: life.signal, log: readableLog().log });
  t.after(async () => {
    life.end();
    await camera.close();
  });
  return camera;
}

/** The newest picture, small and without colours. */
async function seen(camera: VirtualCamera): Promise<Buffer> {
  const url = camera.rtspUrl('main');
  [url.username, url.password] = ['admin', 'pass'];
  const quickly = ['-rtsp_transport', 'tcp', '-analyzeduration', '100000'];
  const input = ['-v', 'error', '-nostdin', ...quickly, '-i', url.href, '-an'];
  const output = ['-frames:v', String(FRAMES), '-s', `${COLUMNS}x${LINES}`, '-pix_fmt', 'gray', '-f', 'rawvideo', '-'];
  const { stdout } = await run('ffmpeg', [...input, ...output], { encoding: 'buffer' });
  assert.equal(stdout.length, FRAMES * COLUMNS * LINES);
  return stdout.subarray(-COLUMNS * LINES);
}

const difference = (one: Buffer, other: Buffer): number =>
  one.reduce((sum, sample, at) => sum + Math.abs(sample - (other[at] ?? 0)), 0) / one.length;

test('whoever watches a camera with surroundings sees its head turn', async (t) => {
  const camera = await lookingAround(t);
  const home = await seen(camera);
  camera.equipment.ptz.place({ pan: 1, tilt: -1, zoom: 0.5 });
  assert.ok(difference(home, await seen(camera)) > 20);
});

test('its snapshot is what it sees', async () => {
  const [clock, setting] = [systemClock, { ...TEST_MAIN, ...SMALL }];
  const position = () => ({ pan: 0, tilt: 0, zoom: 0 });
  const view = new Viewfinder({ surroundings: landscape(1), name: 'Gate', position, clock, ...setting });
  const jpeg = await jpegOf({ view, setting, clock, log: readableLog().log }, new Scope().signal);
  assert.equal(jpeg.subarray(0, 3).toString('hex'), 'ffd8ff');
  assert.ok(jpeg.length > 2_000);
});

const ENDS = [
  {
    what: 'the first error, not what follows from it or merely comes last',
    lines: ['[warning] odd', '[rtsp @ 0x1] [error] Connection refused', '[error] Conversion failed!', '[warning] bye'],
    reason: 'Connection refused',
  },
  {
    what: 'the exit, where nothing was called an error',
    lines: ['[warning] odd'],
    reason: 'it ended with exit code 3',
  },
];

for (const { what, lines, reason } of ENDS) {
  test(`why a virtual camera's ffmpeg failed is ${what}`, async () => {
    const words = lines.map((line) => `line=${encodeURIComponent(line)}`).join('&');
    const parts = { signal: new Scope().signal, log: readableLog().log, command: FAKE };
    await assert.rejects(runFfmpeg(['-i', `fake:/die?code=3&${words}`], parts), {
      kind: 'process-failed',
      sentence: `ffmpeg of a virtual camera failed: ${reason}`,
    });
  });
}
