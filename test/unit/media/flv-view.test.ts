import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeedConsumer } from '../../../src/media/feed/audience.ts';
import type { FeedSource } from '../../../src/media/feed/feed-source.ts';
import type { FlvTag } from '../../../src/media/flv-tag.ts';
import { FlvView } from '../../../src/media/flv-view.ts';
import { GatewayError } from '../../../src/runtime/errors.ts';
import { aborted } from '../../../src/runtime/scope.ts';

const SOURCE: FeedSource = {
  ...{ name: 'x', video: 'copy', maxBitsPerSecond: 0 },
  stream: {
    ...{ profile: 'p', name: 'x', url: new URL('rtsp://192.0.2.1/s'), credentials: undefined, video: 'H264' },
    ...{ audio: undefined, width: 1, height: 1, framesPerSecond: 25, bitsPerSecond: undefined },
  },
};

const SETUP: FlvTag = { kind: 'video', timestampMs: 0, body: Buffer.from([0x17, 0, 0, 0, 0]) };
const frame = (number: number, bytes: number): FlvTag => {
  const body = Buffer.alloc(bytes, number % 250);
  body[0] = number % 25 === 0 ? 0x17 : 0x27;
  body[1] = 1;
  return { kind: 'video', timestampMs: number * 40, body };
};

/** A Feed under the test's hand, and whether anybody still takes from it. */
function feed() {
  const seats = new Set<FeedConsumer>();
  const open = async (_: FeedSource, consumer: FeedConsumer, signal: AbortSignal): Promise<void> => {
    seats.add(consumer);
    await aborted(signal);
    seats.delete(consumer);
  };
  const send = (tag: FlvTag): void => {
    for (const seat of seats) seat.onTag?.(tag);
  };
  return { seats, open, send };
}

/** Which frames came, by their time stamps. */
function framesIn(bytes: Buffer): Array<{ readonly at: number; readonly key: boolean }> {
  const found = [];
  for (let place = 13; place + 11 <= bytes.length; ) {
    const size = bytes.readUIntBE(place + 1, 3);
    const at = bytes.readUIntBE(place + 4, 3);
    if (bytes[place + 12] === 1) found.push({ at, key: bytes[place + 11] === 0x17 });
    place += 11 + size + 4;
  }
  return found;
}

test('a viewer who reads slowly skips to a later key frame, and what waits for him is bounded', async () => {
  const { open, send, seats } = feed();
  const opening = FlvView.open({ open }, SOURCE, new AbortController().signal);
  send(SETUP);
  send(frame(0, 20_000));
  const stream = await opening;
  for (let number = 1; number < 1_000; number++) send(frame(number, 20_000));
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  const read = async (): Promise<void> => {
    const { value } = await reader.read();
    if (value) pieces.push(value);
  };
  let held = 0;
  while (held < 4 * 1024 * 1024) {
    await read();
    held = pieces.reduce((sum, { length }) => sum + length, 0);
  }
  assert.ok(held < 4.5 * 1024 * 1024, 'twenty megabytes were sent');
  send(frame(1_001, 20_000));
  send(frame(1_025, 20_000));
  await read();
  const frames = framesIn(Buffer.concat(pieces));
  assert.deepEqual(frames.at(-1), { at: 1_025 * 40, key: true }, 'goes on with the next key frame, not before');
  await reader.cancel();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(seats.size, 0, 'whoever goes takes nothing more');
});

test('a stream that never comes is told as what is wrong with the camera', async () => {
  const { open, seats } = feed();
  const opening = FlvView.open({ open }, SOURCE, new AbortController().signal);
  for (const seat of seats) seat.onDown?.(new GatewayError('camera-unauthorized', 'refused'));
  await assert.rejects(opening, { kind: 'camera-unauthorized' });
});
