import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { Outbox } from '../../../../src/media/rtmp/outbox.ts';
import { FakeClock } from '../../../peers/fake-clock.ts';

/** What the socket was given, a system call each. */
function outboxWithCalls(): { outbox: Outbox; calls: string[] } {
  const calls: string[] = [];
  const socket = new Writable({
    writev: (chunks, taken) => {
      calls.push(chunks.map(({ chunk }) => String(chunk)).join(''));
      taken();
    },
  });
  return { outbox: new Outbox(socket, new FakeClock()), calls };
}

const moment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what may wait goes out with what comes next', async () => {
  const { outbox, calls } = outboxWithCalls();
  outbox.push([Buffer.from('sound ')], true);
  await moment();
  assert.deepEqual(calls, []);
  assert.equal(outbox.bytes, 6);
  outbox.push([Buffer.from('picture')]);
  await moment();
  assert.deepEqual(calls, ['sound picture']);
});

test('what may wait waits for one of its kind at most, and not for the end', async () => {
  const { outbox, calls } = outboxWithCalls();
  outbox.push([Buffer.from('one ')], true);
  outbox.push([Buffer.from('two')], true);
  await moment();
  assert.deepEqual(calls, ['one two']);
  outbox.push([Buffer.from('three')], true);
  await outbox.empty();
  assert.deepEqual(calls, ['one two', 'three']);
});
