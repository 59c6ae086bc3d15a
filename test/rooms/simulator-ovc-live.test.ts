import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { FfmpegPush } from '../peers/ffmpeg-push.ts';
import { readableLog } from '../peers/readable-log.ts';

/** ffmpeg begins late on a busy machine. */
const PATIENCE = { timeoutMs: 60_000 };
const VIDEO = 9;

/** A platform to which something is pushed. */
async function published(t: TestContext) {
  const ovc = await OvcSimulator.listen({ accounts: 'any', log: readableLog().log });
  t.after(() => ovc.close());
  const pushing = new FfmpegPush(ovc.rtmpUrl('live', 'x'), []);
  t.after(() => pushing.kill());
  const stream = await ovc.waitFor(
    () => ovc.streams.find(({ video, live }) => live && (video?.keyFrames ?? 0) > 0 && (video?.frames ?? 0) > 3),
    PATIENCE,
  );
  return { ovc, pushing, number: stream.number };
}

interface Tag {
  readonly type: number;
  readonly timestampMs: number;
  readonly body: Buffer;
}

/** A viewer that has been let in; leaves with the test. */
async function viewer(t: TestContext, ovc: OvcSimulator, number: number) {
  const stop = new AbortController();
  t.after(() => stop.abort());
  const reply = await fetch(`${ovc.pageUrl()}api/streams/${number}/live.flv`, { signal: stop.signal });
  assert.equal(reply.headers.get('content-type'), 'video/x-flv');
  const arrivals = reply.body?.getReader();
  let bytes = Buffer.alloc(0);
  /** What it has seen once that is enough, or once the stream has ended. */
  const sees = async (enough: (tags: readonly Tag[]) => boolean): Promise<Tag[]> => {
    while (!enough(tagsOf(bytes))) {
      const arrival = await arrivals?.read();
      if (!arrival?.value) break;
      bytes = Buffer.concat([bytes, arrival.value]);
    }
    return tagsOf(bytes);
  };
  return { sees };
}

function tagsOf(flv: Buffer): Tag[] {
  const tags: Tag[] = [];
  if (flv.length < 13) return tags;
  assert.equal(flv.toString('latin1', 0, 3), 'FLV');
  for (let at = 13; at + 11 <= flv.length; ) {
    const length = flv.readUIntBE(at + 1, 3);
    if (at + 15 + length > flv.length) break;
    assert.equal(flv.readUInt32BE(at + 11 + length), 11 + length);
    const timestampMs = flv.readUIntBE(at + 4, 3) + (flv[at + 7] ?? 0) * 2 ** 24;
    tags.push({ type: flv[at] ?? 0, timestampMs, body: flv.subarray(at + 11, at + 11 + length) });
    at += 15 + length;
  }
  return tags;
}

const pictures = (tags: readonly Tag[]) => tags.filter(({ type, body }) => type === VIDEO && body[1] === 1);

test('viewers of a running push each begin with the codec, then a key frame, and see the same', async (t) => {
  const { ovc, number } = await published(t);
  const viewers = await Promise.all([1, 2, 3].map(() => viewer(t, ovc, number)));
  const views = await Promise.all(viewers.map(({ sees }) => sees((tags) => pictures(tags).length > 20)));
  for (const tags of views) {
    const video = tags.filter(({ type }) => type === VIDEO);
    assert.deepEqual([video[0]?.body[0], video[0]?.body[1]], [0x17, 0], 'the setup of H.264 comes first');
    assert.equal(video[1]?.body[0], 0x17, 'then a key frame');
    const times = pictures(tags).map(({ timestampMs }) => timestampMs);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
  }
});

test('the bit rate of a push is told, and a viewer sees its end', async (t) => {
  const { ovc, pushing, number } = await published(t);
  const { sees } = await viewer(t, ovc, number);
  await ovc.waitFor(() => (ovc.streams[0]?.bitsPerSecond ?? 0) > 1000, PATIENCE);
  // It may have come right after a key frame, so what it gets at once can be a single picture.
  await sees((tags) => pictures(tags).length > 3);
  await pushing.stop();
  await sees(() => false);
  assert.equal(ovc.streams[0]?.bitsPerSecond, 0);
  assert.equal((await fetch(`${ovc.pageUrl()}api/streams/${number}/live.flv`)).status, 404);
});
