import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../../src/runtime/errors.ts';
import { runProgram } from '../../../src/runtime/program.ts';

const LONG = 100 * 1024;
const talkative = [process.execPath, '-e', `process.stdout.write('x'.repeat(${LONG}))`];
const { signal } = new AbortController();

test('a program that says more than is wanted has failed, unless more is asked for', async () => {
  await assert.rejects(runProgram(talkative, signal), (err) => isKind(err, 'process-failed'));
  assert.equal((await runProgram(talkative, signal, 2 * LONG)).length, LONG);
});

test('a program that is not there has failed in words that say so', async () => {
  await assert.rejects(runProgram(['no-such-program'], signal), /a program of the box failed/);
});
