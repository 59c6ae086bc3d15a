import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { TsRun } from '../../../../src/channel/ports.ts';
import { TsReader } from '../../../../src/media/ts/ts-reader.ts';
import {
  pidOf,
  readStamp,
  stampsOf,
  TS_PACKET_BYTES,
  WIRE_TICKS,
  writeStamp,
} from '../../../../src/runtime/ts-packet.ts';
import { seeded } from '../../../peers/seeded.ts';
import { tsFilm, tsFilmOfTwoSizes } from '../../../peers/ts-film.ts';

interface Read {
  readonly setups: Buffer[];
  readonly runs: TsRun[];
  readonly skippedBytes: number;
}

function read(bytes: Buffer, chunkBytes = 65_536): Read {
  const setups: Buffer[] = [];
  const runs: TsRun[] = [];
  // The reader's bytes are true during the call only.
  const onRun = (run: TsRun): void => void runs.push({ ...run, packets: Buffer.from(run.packets) });
  const reader = new TsReader({ onSetup: (tables) => setups.push(tables), onRun });
  for (let at = 0; at < bytes.length; at += chunkBytes) reader.push(bytes.subarray(at, at + chunkBytes));
  return { setups, runs, skippedBytes: reader.skippedBytes };
}

let film: Buffer;

before(async () => {
  film = await tsFilm({ seconds: 4 });
});

test('chunks of any size give the same runs', () => {
  const whole = read(film);
  assert.equal(whole.runs.length, 99);
  for (const size of [1, 187, 188, 189, 1000]) assert.deepEqual(read(film, size), whole, `chunks of ${size}`);
});

test('runs hold every packet of the streams once, in order, and no table', () => {
  const { runs, setups } = read(film);
  const packets = Buffer.concat(runs.map((run) => run.packets));
  const first = runs[0]?.packets ?? Buffer.alloc(0);
  let at = film.indexOf(first.subarray(0, TS_PACKET_BYTES));
  for (let run = 0; run < packets.length; run += TS_PACKET_BYTES) {
    while (![0x100, 0x101].includes(pidOf(film, at))) at += TS_PACKET_BYTES;
    assert.ok(packets.subarray(run, run + TS_PACKET_BYTES).equals(film.subarray(at, at + TS_PACKET_BYTES)));
    at += TS_PACKET_BYTES;
  }
  assert.deepEqual(
    setups.map((tables) => [tables.length, pidOf(tables, 0), pidOf(tables, TS_PACKET_BYTES)]),
    [[2 * TS_PACKET_BYTES, 0, 0x1000]],
  );
});

for (const codec of ['libx264', 'libx265'] as const) {
  for (const bFrames of [0, 2]) {
    test(`key frames and time stamps of ${codec} with ${bFrames} B-frames are found`, async () => {
      const { runs } = read(await tsFilm({ codec, bFrames, seconds: 3, audio: false }));
      const keys = runs.flatMap(({ keyFrame }, index) => (keyFrame ? [index] : []));
      assert.deepEqual(keys, [0, 25, 50]);
      const steps = runs.slice(1).map(({ dts }, index) => dts - (runs[index]?.dts ?? 0));
      assert.deepEqual(new Set(steps), new Set([3600]));
    });
  }
}

test('key frames are known by their slices where the multiplexer marks none', async () => {
  for (const codec of ['libx264', 'libx265'] as const) {
    const bytes = await tsFilm({ codec, seconds: 2, audio: false });
    for (let at = 0; at < bytes.length; at += TS_PACKET_BYTES) {
      const flagged = bytes.readUInt8(at + 3) & 0x20 && bytes.readUInt8(at + 4) > 0;
      if (flagged) bytes.writeUInt8(bytes.readUInt8(at + 5) & ~0x40, at + 5);
    }
    const keys = read(bytes).runs.flatMap(({ keyFrame }, index) => (keyFrame ? [index] : []));
    assert.deepEqual(keys, [0, 25], codec);
  }
});

test('another picture size is told at its first key frame', async () => {
  const { runs, setups } = read(await tsFilmOfTwoSizes(2));
  assert.deepEqual(
    runs.flatMap(({ setupChanged }, index) => (setupChanged ? [index] : [])),
    [50],
  );
  assert.equal(setups.length, 1);
});

test('garbage costs the runs it falls into and nothing else', () => {
  const whole = read(film).runs.map(({ dts }) => dts);
  for (const [place, garbage] of [
    [20_000, Buffer.alloc(333, 0x47)],
    [50_001, Buffer.alloc(5)],
    [100, Buffer.from('no transport stream')],
  ] as const) {
    const damaged = Buffer.concat([film.subarray(0, place), garbage, film.subarray(place)]);
    const { runs, skippedBytes } = read(damaged, 4096);
    assert.ok(runs.length >= whole.length - 3, `${runs.length} runs`);
    assert.ok(skippedBytes > 0 && skippedBytes < 60_000, `${skippedBytes} bytes`);
    assert.ok(runs.every(({ dts }) => whole.includes(dts)));
  }
});

test('noise alone gives nothing and keeps nothing', () => {
  const random = seeded(1);
  const noise = Buffer.from(Array.from({ length: 300_000 }, () => Math.floor(random() * 256)));
  assert.deepEqual(read(noise, 777).runs, []);
});

test('time stamps that start again on the wire go on in the runs', () => {
  const late = Buffer.from(film);
  for (let at = 0; at < late.length; at += TS_PACKET_BYTES) {
    const stamps = (late.readUInt8(at + 1) & 0x40) !== 0 && pidOf(late, at) >= 0x100 ? stampsOf(late, at) : undefined;
    if (!stamps) continue;
    const shift = WIRE_TICKS - 300_000;
    writeStamp(late, stamps.pts, readStamp(late, stamps.pts) + shift);
    if (stamps.dts !== stamps.pts) writeStamp(late, stamps.dts, readStamp(late, stamps.dts) + shift);
  }
  const steps = new Set(read(late).runs.map(({ dts }, index, all) => dts - (all[index - 1]?.dts ?? dts - 3600)));
  assert.deepEqual(steps, new Set([3600]));
});

test('a video that dies while its audio goes on fills no memory', () => {
  const from = film.length - (film.length % TS_PACKET_BYTES);
  const audio: Buffer[] = [];
  for (let at = 0; at < from; at += TS_PACKET_BYTES) {
    if (pidOf(film, at) === 0x101) audio.push(film.subarray(at, at + TS_PACKET_BYTES));
  }
  const runs: TsRun[] = [];
  const reader = new TsReader({ onSetup: () => undefined, onRun: (run) => runs.push(run) });
  reader.push(film);
  const minute = Buffer.concat(Array.from({ length: 15 }, () => audio).flat());
  for (let bytes = 0; bytes < 20_000_000; bytes += minute.length) reader.push(minute);
  assert.ok(reader.skippedBytes > 8_000_000);
  const before = runs.length;
  reader.push(film);
  reader.push(film);
  assert.ok(runs.length > before + 100);
});
