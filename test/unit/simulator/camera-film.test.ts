import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { type FilmSetting, filmFor, stillFor } from '../../../src/simulator/camera/film.ts';
import { TEST_MAIN } from '../../../src/simulator/camera/profiles.ts';
import { readableLog } from '../../peers/readable-log.ts';

const run = promisify(execFile);

interface Packet {
  readonly stream: number;
  readonly dts: number;
  readonly isKey: boolean;
}

/** The packets of the film, looped once by ffmpeg as the camera loops it, but not in real time. */
async function loopedTwice(setting: FilmSetting): Promise<Packet[]> {
  const film = await filmFor(setting, { log: readableLog().log }, new AbortController().signal);
  const args = [
    '-v',
    'error',
    '-nostdin',
    '-stream_loop',
    '1',
    '-i',
    film,
    '-map',
    '0',
    '-c',
    'copy',
    '-f',
    'framecrc',
    '-',
  ];
  const { stdout } = await run('ffmpeg', args, { maxBuffer: 16_000_000 });
  const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [stream = '', dts = ''] = line.split(',');
    return { stream: Number(stream), dts: Number(dts), isKey: !line.includes('F=0x0') };
  });
}

function stepsOf(packets: readonly Packet[], stream: number): Set<number> {
  const times = packets.filter((packet) => packet.stream === stream).map(({ dts }) => dts);
  return new Set(times.slice(1).map((time, index) => time - (times[index] ?? 0)));
}

const SEAMLESS: ReadonlyArray<Partial<FilmSetting>> = [
  { codec: 'H264', audio: 'PCMU' },
  { codec: 'H265', audio: 'PCMA', framesPerSecond: 10 },
  { codec: 'MJPEG', audio: 'none' },
];

for (const part of SEAMLESS) {
  test(`a looped film of ${part.codec} and ${part.audio} has no seam in its timestamps`, async () => {
    const packets = await loopedTwice({ ...TEST_MAIN, ...part });
    assert.equal(stepsOf(packets, 0).size, 1);
    assert.equal(stepsOf(packets, 1).size, part.audio === 'none' ? 0 : 1);
  });
}

test('a film has a key frame as often as its setting says, across the seam too', async () => {
  const packets = await loopedTwice({ ...TEST_MAIN, audio: 'none', gopSeconds: 10, bitsPerSecond: 100_000 });
  const keys = packets.flatMap(({ isKey }, index) => (isKey ? [index] : []));
  const gaps = new Set(keys.slice(1).map((at, index) => at - (keys[index] ?? 0)));
  assert.deepEqual([...gaps], [10 * TEST_MAIN.framesPerSecond]);
});

test('who asks for one film at the same time gets the same file', async () => {
  const setting = { ...TEST_MAIN, bitsPerSecond: 100_000, width: 64, height: 64 };
  const { log } = readableLog();
  const asked = Array.from({ length: 4 }, () => filmFor(setting, { log }, new AbortController().signal));
  assert.equal(new Set(await Promise.all(asked)).size, 1);
});

test('a film that cannot be made is a failed process with its words', async () => {
  const impossible = { ...TEST_MAIN, width: 3, height: 3, codec: 'H265' } as const;
  const { log } = readableLog();
  await assert.rejects(filmFor(impossible, { log }, new AbortController().signal), { kind: 'process-failed' });
  assert.match(await stillFor(TEST_MAIN, { log }, new AbortController().signal), /\.jpg$/);
});
