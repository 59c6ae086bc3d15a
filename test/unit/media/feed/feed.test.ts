import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { CameraStream } from '../../../../src/channel/ports.ts';
import { Feed } from '../../../../src/media/feed/feed.ts';
import { RecipeChoice } from '../../../../src/media/feed/recipe-choice.ts';
import { FakeClock } from '../../../peers/fake-clock.ts';
import { Listener } from '../../../peers/feed-room.ts';
import { readableLog } from '../../../peers/readable-log.ts';

const FAKE = join(import.meta.dirname, '../../../peers/fake-ffmpeg.mjs');

/** Nothing but a test of the opening itself may mistake the slow start of a program for a silent camera. */
const PATIENCE = { openingMs: 3_600_000, startingMs: 12_000, flowingMs: 8_000 };

interface Running {
  readonly clock: FakeClock;
  readonly feed: Feed;
  readonly listener: Listener;
  /** The arguments of each start so far. */
  starts(): string[];
  /** Waits, without moving the time, until the program has noted a line that begins so. */
  noted(line: string): Promise<void>;
  /** Moves the time until the fact holds, at a pace that lets programs start and end. */
  until(fact: () => boolean): Promise<void>;
}

/** Real time, for the program to do something in. */
const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** A Feed on the fake program, under a clock of the test. */
function running(t: TestContext, behaviour: string, { audio, openingMs }: Setting = {}): Running {
  const folder = mkdtempSync(join(tmpdir(), 'feed-'));
  const notes = join(folder, 'notes');
  writeFileSync(notes, '');
  const url = new URL(`rtsp://127.0.0.1${behaviour}${behaviour.includes('?') ? '&' : '?'}log=${notes}`);
  const size = { width: undefined, height: undefined, framesPerSecond: undefined, bitsPerSecond: undefined };
  const stream = { profile: 'main', name: 'Main', url, credentials: undefined, video: 'H264', audio, ...size } as const;
  const clock = new FakeClock();
  const patience = { ...PATIENCE, ...(openingMs ? { openingMs } : {}) };
  const plan = (): Promise<{ way: 'copy' }> => Promise.resolve({ way: 'copy' });
  const parts = { command: FAKE, stream, plan, recipes: new RecipeChoice(stream), log: readableLog().log };
  const feed = new Feed({ ...parts, clock, patience, random: () => 1 });
  const listener = new Listener();
  feed.join(listener);
  const until = async (fact: () => boolean): Promise<void> => {
    for (; !fact(); await moment()) await clock.advance(50);
  };
  endWith(t, feed, until);
  t.after(() => rmSync(folder, { recursive: true }));
  const lines = (): string[] => readFileSync(notes, 'utf8').trim().split('\n');
  const noted = async (line: string): Promise<void> => {
    while (!lines().some((each) => each.startsWith(line))) await moment();
  };
  return { clock, feed, listener, until, noted, starts: () => lines().filter((line) => line.startsWith('[')) };
}

interface Setting {
  readonly audio?: CameraStream['audio'];
  readonly openingMs?: number;
}

function endWith(t: TestContext, feed: Feed, until: Running['until']): void {
  const stop = new AbortController();
  let over = false;
  void feed.run(stop.signal).then(() => {
    over = true;
  });
  t.after(() => {
    stop.abort();
    return until(() => over);
  });
}

test('a stream that freezes is dead after eight seconds', async (t) => {
  const { clock, feed, listener, until } = running(t, '/freeze');
  await listener.until(() => listener.count('key frame') === 1);
  assert.ok(feed.statistics.flowingSince);
  await clock.advance(7_900);
  assert.equal(listener.downs.length, 0);
  await until(() => listener.downs.length > 0);
  assert.equal(listener.downs[0]?.sentence, 'camera stopped sending');
  assert.equal(listener.downs[0]?.fields['silent_ms'], 8_000);
  assert.equal(feed.statistics.flowingSince, undefined);
});

test('a stream that opens and shows no picture is dead after twelve', async (t) => {
  const { clock, listener, noted, until } = running(t, '/header-only');
  await noted('wrote');
  await moment();
  await clock.advance(11_900);
  assert.equal(listener.downs.length, 0);
  await until(() => listener.downs.length > 0);
  assert.equal(listener.downs[0]?.sentence, 'camera sends no picture');
});

test('a camera that announces audio and sends none is tried without it after eight seconds', async (t) => {
  const { clock, listener, noted, starts, until } = running(t, '/silent', { audio: 'G711', openingMs: 8_000 });
  await noted('[');
  await clock.advance(7_900);
  assert.equal(listener.downs.length, 0);
  await until(() => listener.downs.length === 1);
  assert.equal(listener.downs[0]?.sentence, 'camera does not deliver');
  assert.ok(starts()[0]?.includes('"aac"'));
});

test('pictures without a time are given one at the second try, and nobody hears of the first', async (t) => {
  const { listener, starts, until } = running(t, '/no-times');
  await until(() => listener.count('key frame') === 1);
  assert.deepEqual(
    starts().map((args) => args.includes('setts')),
    [false, true],
  );
  assert.deepEqual(listener.downs, []);
});

test('a fault whose remedy did not help is told', async (t) => {
  const { listener, starts, until } = running(t, `/die?line=${encodeURIComponent('Packet is missing PTS')}`);
  await until(() => listener.downs.length > 0);
  assert.equal(starts().length, 2);
});

test('audio that is not the announced AAC is encoded at the second try', async (t) => {
  const { listener, starts, until } = running(t, '/g711', { audio: 'AAC' });
  await until(() => listener.restarts === 1);
  await until(() => starts().length === 2);
  assert.deepEqual(
    starts().map((args) => args.includes('"-c:a","copy"')),
    [true, false],
  );
  assert.deepEqual(listener.downs, []);
});

test('output that makes no sense ends the child and is told', async (t) => {
  const { listener, until } = running(t, '/garbage');
  await until(() => listener.downs.length > 0);
  assert.equal(listener.downs[0]?.sentence, 'ffmpeg wrote something that is no FLV: no FLV signature');
});

test('a refused password is tried again after minutes, not seconds', async (t) => {
  const line = encodeURIComponent('method DESCRIBE failed: 401 Unauthorized');
  const { clock, listener, starts, until } = running(t, `/die?line=${line}`);
  await until(() => listener.downs.length === 1);
  await clock.advance(599_000);
  assert.equal(starts().length, 1);
  await until(() => listener.downs.length === 2);
});

test('a consumer that joins while the camera is away hears why at once', async (t) => {
  const { feed, listener, until } = running(t, '/end');
  await until(() => listener.downs.length === 1);
  const late = new Listener();
  feed.join(late);
  assert.equal(late.downs[0]?.sentence, 'camera ended the stream');
});

test('a consumer that throws costs the feed a restart and not the process', async (t) => {
  const { feed, listener, until } = running(t, '/freeze');
  const leave = feed.join({
    onTag: () => {
      leave();
      throw new Error('bug');
    },
  });
  await until(() => listener.restarts > 0);
  assert.equal(listener.downs[0]?.sentence, 'feed failed');
});

test('a consumer that throws while it joins has not joined', async (t) => {
  const { feed, listener } = running(t, '/freeze');
  await listener.until(() => listener.count('key frame') === 1);
  const onTag = (): void => {
    throw new Error('bug');
  };
  assert.throws(() => feed.join({ onTag }), /bug/);
  assert.equal(feed.statistics.consumers, 1);
});
