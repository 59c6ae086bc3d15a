import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { runProgram } from '../../../src/runtime/program.ts';

test('what a program writes is given back; one that fails or is not there says why', async () => {
  const never = new AbortController().signal;
  const node = (code: string) => runProgram([process.execPath, '-e', code], never);
  assert.equal(await node('console.log("told")'), 'told\n');
  await assert.rejects(node('console.error("no\\nmore"); process.exit(3)'), {
    sentence: 'a program of the box failed: no',
  });
  await assert.rejects(runProgram(['/nowhere/x'], never), {
    sentence: 'a program of the box failed: there is no such program',
  });
});

test('nothing is left on a signal that lives for long, also not by programs that are not there', async () => {
  const { signal } = new AbortController();
  for (const command of [['/nowhere/x'], [process.execPath, '-e', ''], [process.execPath, '-e', 'process.exit(1)']]) {
    await runProgram(command, signal).catch(() => undefined);
  }
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('a program that was given up is gone', async () => {
  const end = new AbortController();
  const running = runProgram([process.execPath, '-e', 'setInterval(() => {}, 1000)'], end.signal);
  end.abort();
  await assert.rejects(running, { kind: 'process-failed' });
});
