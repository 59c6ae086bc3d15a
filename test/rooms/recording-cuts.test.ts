import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Segment } from '../../src/recording/segment.ts';
import { counterOf, hasPayload, pidOf, TS_PACKET_BYTES } from '../../src/runtime/ts-packet.ts';
import { bytesOf, cutting } from '../peers/cutting.ts';
import { type Film, type ProbedPacket, probe, tsFilm, tsFilmOfTwoSizes } from '../peers/ts-film.ts';

/** What must hold of every list of segments, by the word of ffprobe. */
async function assertPlayable(segments: readonly Segment[]): Promise<ProbedPacket[]> {
  const whole = await probe(bytesOf(...segments));
  assert.equal(whole.complaints, '');
  assertCountersRunOn(bytesOf(...segments));
  const alone = await Promise.all(segments.map(async (segment) => probe(bytesOf(segment))));
  for (const [index, { packets, complaints }] of alone.entries()) {
    assert.equal(complaints, '', `segment ${index}`);
    const video = packets.filter(({ codec_type }) => codec_type === 'video');
    assert.ok(video[0]?.flags.startsWith('K'), `segment ${index} begins with a key frame`);
    const { durationUs = 0, nextDts = 0, startUs = 0 } = segments[index] ?? {};
    const last = video.at(-1)?.dts ?? 0;
    assert.equal(nextDts, last + 3600, `next_dts of segment ${index}`);
    assert.ok(Math.abs((nextDts - (video[0]?.dts ?? 0)) / 0.09 - durationUs) <= 1, `duration of segment ${index}`);
    const next = segments[index + 1];
    if (next) assert.ok(Math.abs(startUs + durationUs - next.startUs) <= 1, `start after segment ${index}`);
  }
  return whole.packets;
}

function assertCountersRunOn(bytes: Buffer): void {
  const counters = new Map<number, number>();
  for (let at = 0; at < bytes.length; at += TS_PACKET_BYTES) {
    const pid = pidOf(bytes, at);
    const last = counters.get(pid);
    const due = last === undefined ? counterOf(bytes, at) : (last + (hasPayload(bytes, at) ? 1 : 0)) & 0x0f;
    assert.equal(counterOf(bytes, at), due, `counter of pid ${pid} at ${at}`);
    counters.set(pid, due);
  }
}

const content = (packets: readonly ProbedPacket[], kind: ProbedPacket['codec_type']): string[] =>
  packets.filter(({ codec_type }) => codec_type === kind).map(({ data_hash }) => data_hash);

const FILMS: Readonly<Record<string, Film>> = {
  'H.264 with AAC': { seconds: 7 },
  'H.264 with B-frames and without audio': { seconds: 7, audio: false, bFrames: 2 },
  'H.265 with AAC': { seconds: 7, codec: 'libx265' },
  'H.265 with B-frames and without audio': { seconds: 7, codec: 'libx265', audio: false, bFrames: 2 },
};

for (const [name, film] of Object.entries(FILMS)) {
  test(`${name}: every segment and the whole list are clean, and nothing is missing or doubled`, async () => {
    const source = await tsFilm(film);
    const cut = cutting();
    await cut.feed(source);
    cut.segmenter.finish();
    assert.equal(cut.segments.length, 4);
    const packets = await assertPlayable(cut.segments);
    const original = await probe(source);
    // The last picture of a source is known to be whole only when another one begins; and ffprobe counts the first
    // zero of what follows to a picture of H.265, so the last ones cannot be compared.
    const [pictures, due] = [content(packets, 'video'), content(original.packets, 'video')];
    assert.equal(pictures.length, due.length - 1);
    assert.deepEqual(pictures.slice(0, -1), due.slice(0, -2));
    const sound = content(packets, 'audio');
    assert.deepEqual(sound, content(original.packets, 'audio').slice(0, sound.length));
    assert.equal(sound.length > 200, film.audio !== false);
  });
}

test('key frames 10 s apart make segments of 10 s', async () => {
  const cut = cutting({ segmentSeconds: 4 });
  await cut.feed(await tsFilm({ seconds: 21, gopSeconds: 10, audio: false }));
  cut.segmenter.finish();
  assert.deepEqual(
    cut.segments.map(({ durationUs }) => durationUs),
    [10_000_000, 10_000_000, 960_000],
  );
  await assertPlayable(cut.segments);
});

test('another picture size begins another segment', async () => {
  const cut = cutting({ segmentSeconds: 10 });
  await cut.feed(await tsFilmOfTwoSizes(3));
  cut.segmenter.finish();
  assert.deepEqual(
    cut.segments.map(({ durationUs }) => durationUs),
    [3_000_000, 2_960_000],
  );
  await assertPlayable(cut.segments);
});

test('the list goes on over a gap as if there were none, and the time of day does not', async () => {
  const film = await tsFilm({ seconds: 3 });
  const cut = cutting({ segmentSeconds: 10, firstDts: 5_000_000_000 });
  await cut.feed(film);
  cut.segmenter.onGap();
  await cut.clock.advance(60_000);
  await cut.feed(film);
  cut.segmenter.finish();
  const [first, second, ...more] = cut.segments;
  assert.equal(more.length, 0);
  assert.equal(first?.nextDts, 5_000_000_000 + 74 * 3600);
  assert.equal(second?.startUs, 1_500_000_000_000_000 + 73 * 40_000 + 60_000_000);
  const { packets, complaints } = await probe(bytesOf(...cut.segments));
  assert.equal(complaints, '');
  assertCountersRunOn(bytesOf(...cut.segments));
  const video = packets.filter(({ codec_type }) => codec_type === 'video').map(({ dts }) => dts);
  assert.deepEqual(new Set(video.slice(1).map((dts, index) => dts - (video[index] ?? 0))), new Set([3600]));
});

test('time stamps that start again on the wire leave the list clean', async () => {
  const cut = cutting({ firstDts: 2 ** 33 - 200_000 });
  await cut.feed(await tsFilm({ seconds: 5 }));
  cut.segmenter.finish();
  assert.equal((await probe(bytesOf(...cut.segments))).complaints, '');
  assert.equal(cut.segments.at(-1)?.nextDts, 2 ** 33 - 200_000 + 124 * 3600);
});
