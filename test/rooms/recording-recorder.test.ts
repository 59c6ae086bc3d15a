import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import type { RecordReport, RecordSettings } from '../../src/channel/ports.ts';
import { CloudRecorder } from '../../src/recording/recorder.ts';
import { Spool } from '../../src/recording/spool.ts';
import { GatewayError } from '../../src/runtime/errors.ts';
import { SegmentCounts } from '../../src/service/status/metrics/segment-counts.ts';
import { Store } from '../../src/store/store.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { FilmFootage, STREAM } from '../peers/film-footage.ts';
import { readableLog } from '../peers/readable-log.ts';
import { scratch } from '../peers/scratch.ts';
import { probe, tsFilm } from '../peers/ts-film.ts';
import { UploadPlatform } from '../peers/upload-platform.ts';

let film: Buffer;

before(async () => {
  film = await tsFilm({ seconds: 7 });
});

/** A clock whose time of day a test can step. */
class SteppedClock extends FakeClock {
  stepMs = 0;
  override wall(): Date {
    return new Date(super.wall().getTime() + this.stepMs);
  }
}

interface Wish {
  readonly directory?: string;
  readonly platform?: UploadPlatform;
  readonly maxAgeMs?: number;
}

const spoolIn = (directory: string): string => join(directory, 'spool');

/** A gateway's recording room with its state and spool in a directory, until `stop`. */
async function room(t: TestContext, wish: Wish = {}) {
  const directory = wish.directory ?? (await scratch(t));
  const platform = wish.platform ?? (await UploadPlatform.listen());
  const clock = new SteppedClock('2026-01-02T03:04:05Z');
  const { log, text } = readableLog();
  const footage = new FilmFootage(clock);
  const book = await Store.open({ directory, clock, log });
  const { maxAgeMs = 1e12 } = wish;
  const spool = new Spool({ directory: spoolIn(directory), maxBytes: 1e9, maxAgeMs, clock, log });
  const segments = new SegmentCounts();
  const recorder = await CloudRecorder.open({ footage, spool, book, clock, log, events: segments.eventsOf });
  const life = new AbortController();
  const done = recorder.run(life.signal);
  const orders: Promise<void>[] = [];
  const reports: RecordReport[] = [];
  const record = (change: Partial<RecordSettings> = {}): AbortController => {
    const settings = { ...SETTINGS, callbackUrl: platform.callbackUrl, ...change };
    const order = new AbortController();
    const follow = (): void => order.abort();
    life.signal.addEventListener('abort', follow);
    orders.push(
      recorder.record({ channel: 0, settings, stream: STREAM }, (report) => reports.push(report), order.signal),
    );
    return order;
  };
  const stop = async (): Promise<void> => {
    life.abort();
    await Promise.all([done, ...orders]);
    await book.flush();
  };
  t.after(async () => {
    await stop();
    if (!wish.platform) await platform.close();
  });
  return { directory, platform, clock, footage, book, spool, recorder, segments, record, reports, orders, stop, text };
}

const SETTINGS: RecordSettings = {
  sessionId: 'session one',
  maxBitsPerSecond: 0,
  segmentSeconds: 2,
  segmentMaxBytes: 10_000_000,
  segmentMaxCount: 3,
  prerecordSeconds: 0,
  startTs: 0,
  callbackUrl: '',
};

const starts = (platform: UploadPlatform): number[] => platform.stored.map(({ start }) => Number(start));
const list = (platform: UploadPlatform): Buffer => Buffer.concat(platform.stored.map(({ content }) => content));

test('a recording from order to stop: continued time stamps, a playable list, the last segment, a save, and no trace', async (t) => {
  const { platform, footage, record, recorder, segments, orders, book, reports, text } = await room(t);
  platform.nextDts = 9_000_000;
  const order = record({ startTs: 1_600_000_000.5 });
  await platform.until(({ heard }) => heard.length === 1);
  await footage.play(film);
  await platform.until(({ stored }) => stored.length === 3);
  assert.deepEqual(recorder.unfinished(0)?.sessionId, 'session one');
  const [recording] = recorder.status.sessions;
  assert.deepEqual([recording?.sessionId, recording?.lost], ['session one', 0]);
  assert.ok(recording && recording.bitsPerSecond > 0 && recording.deliveredBytes > 0);
  order.abort();
  await orders[0];
  recorder.finish({ channel: 0, sessionId: 'session one' });
  await platform.until(({ heard }) => heard.at(-1)?.step === 'save');
  assert.deepEqual(starts(platform), [1_600_000_000.5, 1_600_000_002.5, 1_600_000_004.5, 1_600_000_006.5]);
  assert.deepEqual(
    platform.stored.map(({ nextDts }) => nextDts),
    [9_180_000, 9_360_000, 9_540_000, 9_626_400],
  );
  assert.equal(platform.confirmed.at(-1), 'seg-4.ts');
  const { packets, complaints } = await probe(list(platform));
  assert.equal(complaints, '');
  assert.equal(packets[0]?.dts, 9_000_000);
  while (recorder.status.sessions.length > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(book.recordings, {});
  assert.equal(recorder.unfinished(0), undefined);
  const { sent, lost } = segments.of(0);
  assert.deepEqual([sent, lost], [4, 0], 'the counts of the channel outlive the session');
  assert.deepEqual(reports, [{ flowing: true }]);
  assert.doesNotMatch(text(), /very-secret/);
});

test('footage that comes while the platform is asked for the first time stamp is not lost', async (t) => {
  const { platform, footage, record, recorder, orders, clock } = await room(t);
  platform.fault = (step) => (step === 'next_dts' ? { kind: 'hang' } : undefined);
  const order = record();
  await platform.until(({ heard }) => heard.length === 1);
  const began = clock.wall().getTime() / 1000;
  await footage.play(film);
  assert.deepEqual(starts(platform), []);
  await clock.advance(10_000);
  await platform.until(({ stored }) => stored.length === 3);
  order.abort();
  await orders[0];
  recorder.finish({ channel: 0, sessionId: 'session one' });
  await platform.until(({ stored }) => stored.length === 4);
  assert.deepEqual(starts(platform), [began, began + 2, began + 4, began + 6]);
  assert.equal((await probe(list(platform))).packets.filter(({ codec_type }) => codec_type === 'video').length, 174);
});

test('a clock that is set while recording moves no segment', async (t) => {
  const { platform, footage, record, clock } = await room(t);
  record();
  await platform.until(({ heard }) => heard.length === 1);
  const began = clock.wall().getTime() / 1000;
  await footage.play(film, { to: 60 });
  clock.stepMs = -3_600_000;
  await footage.play(film, { from: 60, to: 110 });
  clock.stepMs = 86_400_000;
  await footage.play(film, { from: 110 });
  await platform.until(({ stored }) => stored.length === 3);
  assert.deepEqual(starts(platform), [began, began + 2, began + 4]);
});

test('a session is gone on with after a restart, with all that was not delivered before it, and no jump', async (t) => {
  const platform = await UploadPlatform.listen();
  t.after(() => platform.close());
  const first = await room(t, { platform });
  first.record({ startTs: 1_600_000_000 });
  await platform.until(({ heard }) => heard.length === 1);
  platform.fault = () => ({ kind: 'down' });
  await first.footage.play(film);
  await first.stop();
  assert.equal(platform.stored.length, 0);

  platform.fault = () => undefined;
  const second = await room(t, { platform, directory: first.directory });
  const settings = second.recorder.unfinished(0);
  assert.equal(settings?.sessionId, 'session one');
  second.clock.stepMs = 100_000;
  const order = second.record(settings);
  await second.footage.play(film);
  await platform.until(({ stored }) => stored.length === 7);
  order.abort();
  await second.orders[0];
  second.recorder.finish({ channel: 0, sessionId: 'session one' });
  await platform.until(({ heard }) => heard.at(-1)?.step === 'save');
  const base = 1_600_000_000;
  assert.deepEqual(
    starts(platform),
    [0, 2, 4, 6, 100, 102, 104, 106].map((offset) => base + offset),
  );
  const { packets, complaints } = await probe(list(platform));
  assert.equal(complaints, '');
  const video = packets.filter(({ codec_type }) => codec_type === 'video').map(({ dts }) => dts);
  assert.deepEqual(new Set(video.slice(1).map((dts, index) => dts - (video[index] ?? 0))), new Set([3600]));
  assert.equal(platform.steps().filter((step) => step === 'next_dts').length, 1);
});

test('a session stopped during an outage is delivered and saved by the next process', async (t) => {
  const platform = await UploadPlatform.listen();
  t.after(() => platform.close());
  const first = await room(t, { platform });
  const order = first.record();
  await platform.until(({ heard }) => heard.length === 1);
  platform.fault = () => ({ kind: 'down' });
  await first.footage.play(film);
  order.abort();
  await first.orders[0];
  first.recorder.finish({ channel: 0, sessionId: 'session one' });
  await first.stop();
  assert.equal((await readdir(spoolIn(first.directory))).length, 1);
  platform.fault = () => undefined;
  const second = await room(t, { platform, directory: first.directory });
  assert.equal(second.recorder.unfinished(0), undefined);
  await platform.until(({ heard }) => heard.at(-1)?.step === 'save');
  while ((await readdir(spoolIn(second.directory))).length > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(platform.stored.length, 4);
  assert.equal((await probe(list(platform))).complaints, '');
});

test('a session that the platform never takes is given up so long after its end, restarts or not', async (t) => {
  const platform = await UploadPlatform.listen();
  t.after(() => platform.close());
  const maxAgeMs = 3_600_000;
  const first = await room(t, { platform, maxAgeMs });
  const order = first.record();
  await platform.until(({ heard }) => heard.length === 1);
  platform.fault = () => ({ kind: 'down' });
  await first.footage.play(film);
  order.abort();
  await first.orders[0];
  first.recorder.finish({ channel: 0, sessionId: 'session one' });
  await first.clock.advance(maxAgeMs / 2);
  await first.stop();
  const second = await room(t, { platform, maxAgeMs, directory: first.directory });
  second.clock.stepMs = maxAgeMs;
  assert.equal(second.recorder.status.sessions.length, 1);
  while (second.recorder.status.sessions.length > 0) await second.clock.advance(1_000);
  assert.deepEqual([second.book.recordings, second.spool.bytes], [{}, 0]);
});

test('a session of a channel that is not there any more is delivered, ended and forgotten', async (t) => {
  const { platform, footage, record, recorder, orders, book } = await room(t);
  const order = record();
  await footage.play(film);
  await platform.until(({ stored }) => stored.length === 3);
  order.abort();
  await orders[0];
  recorder.keepOnly(new Set([0, 1]));
  assert.equal(recorder.unfinished(0)?.sessionId, 'session one');
  recorder.keepOnly(new Set([1]));
  await platform.until(({ heard }) => heard.at(-1)?.step === 'save');
  while (recorder.status.sessions.length > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(book.recordings, {});
});

test('a camera that cannot be opened is reported in words, and a gap when it comes', async (t) => {
  const { footage, record, reports, clock, platform } = await room(t);
  footage.failure = new GatewayError('feed-failed', 'the camera sends nothing');
  record();
  while (reports.length === 0) await new Promise((resolve) => setImmediate(resolve));
  footage.failure = undefined;
  await clock.advance(2_000);
  await footage.play(film);
  footage.breakOff();
  await footage.play(film);
  await platform.until(({ stored }) => stored.length === 6);
  assert.deepEqual(reports, [
    { flowing: false, why: 'the camera sends nothing' },
    { flowing: true },
    { flowing: false, why: 'the stream of the camera broke off' },
    { flowing: true },
  ]);
  assert.equal((await probe(list(platform))).complaints, '');
});

test('a session ordered again while its rest is being delivered goes on', async (t) => {
  const { footage, record, recorder, orders, platform } = await room(t);
  const order = record();
  await footage.play(film);
  await platform.until(({ stored }) => stored.length === 3);
  platform.fault = (step) => (step === 'save' ? { kind: 'slow' } : undefined);
  order.abort();
  await orders[0];
  recorder.finish({ channel: 0, sessionId: 'session one' });
  await platform.until(({ stored }) => stored.length === 4);
  record();
  platform.release();
  await footage.play(film);
  await platform.until(({ stored }) => stored.length === 7);
  assert.equal(recorder.unfinished(0)?.sessionId, 'session one');
});
