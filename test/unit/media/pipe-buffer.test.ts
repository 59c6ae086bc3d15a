import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { ownBufferRead, readEach } from '../../../src/media/pipe-buffer.ts';

test('this Node lets a pipe be read into one piece of memory, to its end', async () => {
  const child = spawn(process.execPath, ['-e', `process.stdout.write('x'.repeat(300000))`]);
  const pieces = new Set<ArrayBufferLike>();
  let bytes = 0;
  const taken = ownBufferRead(child.stdout, (chunk) => {
    pieces.add(chunk.buffer);
    bytes += chunk.length;
  });
  assert.equal(taken, true);
  await once(child, 'close');
  assert.equal(bytes, 300_000);
  assert.equal(pieces.size, 1);
});

test('what is no pipe of that kind is read in the common way', async () => {
  const stream = Readable.from([Buffer.from('one'), Buffer.from('two')]);
  let text = '';
  readEach(stream, (chunk) => {
    text += chunk.toString();
  });
  await once(stream, 'end');
  assert.equal(text, 'onetwo');
});
