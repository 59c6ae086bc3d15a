import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlvRelay } from '../../../src/simulator/ovc/flv-relay.ts';

const MEGABYTE = 1024 * 1024;

/** A video tag whose last byte tells it from others. */
function picture(key: boolean, mark: number, bytes = 64): Buffer {
  const tag = Buffer.alloc(bytes);
  tag[0] = 9;
  tag[11] = key ? 0x17 : 0x27;
  tag[bytes - 1] = mark;
  return tag;
}

function relayWithSetup(): FlvRelay {
  const relay = new FlvRelay();
  relay.setup('video', Buffer.from([0x17, 0, 0, 0, 0]), 0);
  return relay;
}

test('a viewer that comes before a key frame is given the setup, and pictures from the next key frame on', async () => {
  const relay = relayWithSetup();
  const reader = relay.watch()?.getReader();
  for (const tag of [picture(false, 1), picture(true, 2), picture(false, 3)]) relay.add(tag);
  const { value = new Uint8Array() } = (await reader?.read()) ?? {};
  const setupBytes = 11 + 5 + 4;
  assert.equal(value.length, 13 + setupBytes + 2 * 64);
  assert.deepEqual([value[13 + setupBytes + 63], value.at(-1)], [2, 3]);
});

test('a viewer that does not read holds a bounded lot, and goes on with a key frame', async () => {
  const relay = relayWithSetup();
  const reader = relay.watch()?.getReader();
  relay.add(picture(true, 1));
  for (let number = 0; number < 20; number++) relay.add(picture(false, 2, MEGABYTE));
  relay.add(picture(true, 3));
  relay.end();
  const chunks: Uint8Array[] = [];
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) chunks.push(next.value);
  const bytes = Buffer.concat(chunks);
  assert.ok(bytes.length < 9 * MEGABYTE, `${bytes.length}`);
  assert.equal(bytes.toString('latin1', 0, 3), 'FLV');
  assert.deepEqual([bytes[13], bytes[13 + 11]], [9, 0x17], 'the setup is not lost');
  assert.equal(bytes.at(-1), 3);
});

test('the number of viewers is bounded, and one that goes makes room', async () => {
  const relay = relayWithSetup();
  const viewers = Array.from({ length: 32 }, () => relay.watch());
  assert.equal(relay.watch(), undefined);
  await viewers[0]?.cancel();
  assert.ok(relay.watch());
});
