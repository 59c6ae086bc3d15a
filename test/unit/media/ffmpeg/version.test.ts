import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { EncoderChoice } from '../../../../src/media/ffmpeg/encoder-choice.ts';
import { ffmpegVersion } from '../../../../src/media/ffmpeg/version.ts';
import { systemClock } from '../../../../src/runtime/clock.ts';
import { readableLog } from '../../../peers/readable-log.ts';

const never = new AbortController().signal;

/** A shell script in the place of ffmpeg. */
function program(t: { after(fn: () => void): void }, script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'fake-program-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'ffmpeg');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

function parts(command: string): ConstructorParameters<typeof EncoderChoice>[0] {
  return { command, clock: systemClock, log: readableLog().log };
}

test('the version of the system’s ffmpeg is read', async () => {
  assert.match(await ffmpegVersion(parts('ffmpeg'), never), /^\S+$/);
});

test('a build from git is judged by its libraries', async (t) => {
  const path = program(
    t,
    'echo "ffmpeg version N-109000-gabc Copyright"; echo "libavformat    60.  3.100 / 60.  3.100"',
  );
  assert.equal(await ffmpegVersion(parts(path), never), 'N-109000-gabc');
});

test('an old ffmpeg and a missing one are told with the cure', async (t) => {
  const old = program(t, 'echo "ffmpeg version 4.3.6 Copyright"; echo "libavformat    58. 45.100 / 58. 45.100"');
  await assert.rejects(ffmpegVersion(parts(old), never), { message: 'ffmpeg is too old', kind: 'process-failed' });
  await assert.rejects(ffmpegVersion(parts('no-such-ffmpeg'), never), (err: Error & { sentence: string }) =>
    /no such program; install it with: sudo apt install ffmpeg/.test(err.sentence),
  );
});

test('the first encoder that really encodes is chosen, and each is tried once', async (t) => {
  const script = 'echo x >> "$0.log"; case "$*" in *libopenh264*) exit 0;; *) echo "no device" >&2; exit 1;; esac';
  const encoders = new EncoderChoice(parts(program(t, script)));
  assert.equal((await encoders.best(never)).name, 'libopenh264');
  const trials = await encoders.all(never);
  assert.deepEqual(
    trials.map(({ row, works, why }) => [row.name, works, why]),
    [
      ['h264_v4l2m2m', false, 'no device'],
      ['h264_vaapi', false, 'no device'],
      ['libx264', false, 'no device'],
      ['libopenh264', true, ''],
    ],
  );
});

test('a box without any encoder refuses to transcode', async (t) => {
  const encoders = new EncoderChoice(parts(program(t, 'exit 1')));
  await assert.rejects(encoders.best(never), { kind: 'transcode-refused' });
});
