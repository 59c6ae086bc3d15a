import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { test } from 'node:test';
import { type ProcessOrder, runProcess } from '../../../src/media/process.ts';
import { isKind } from '../../../src/runtime/errors.ts';
import { readableLog } from '../../peers/readable-log.ts';

const FAKE = join(import.meta.dirname, '../../peers/fake-ffmpeg.mjs');

function fake(behaviour: string): ProcessOrder {
  return { command: FAKE, args: ['-i', `fake:${behaviour}`], extraPipes: 1 };
}

const never = new AbortController().signal;

test('exit code 0 is a success', async () => {
  await runProcess(fake('/end'), { signal: never, log: readableLog().log });
});

test('any other end is an error with the last lines of stderr, and no password in them', async () => {
  const order = fake(`/die?code=3&line=first&line=${encodeURIComponent('rtsp://u:secret@cam/x: refused')}`);
  const err = await runProcess(order, { signal: never, log: readableLog().log }).catch((e: unknown) => e);
  assert.ok(isKind(err, 'process-failed'));
  assert.equal(err.fields['exit_code'], 3);
  assert.deepEqual(err.fields['stderr'], ['first', 'rtsp://***@cam/x: refused']);
});

test('a program that is not there is told in words', async () => {
  const order = { command: 'no-such-program', args: [] };
  await assert.rejects(runProcess(order, { signal: never, log: readableLog().log }), {
    kind: 'process-failed',
    sentence: 'program could not be started: no-such-program: there is no such program',
  });
});

test('a file that is no program is told in words', async () => {
  const order = { command: import.meta.filename, args: [] };
  await assert.rejects(runProcess(order, { signal: never, log: readableLog().log }), {
    sentence: `program could not be started: ${import.meta.filename}: it may not be executed`,
  });
});

/** Aborts a child as soon as it has written something, and says how it ended. */
async function endOf(behaviour: string): Promise<{ signal: unknown; elapsedMs: number }> {
  const { log, lines } = readableLog();
  const stop = new AbortController();
  let since = 0;
  const onPipes = (pipes: readonly Readable[]): void => {
    pipes[0]?.once('data', () => {
      since = performance.now();
      stop.abort();
    });
    for (const pipe of pipes) pipe.resume();
  };
  await runProcess({ ...fake(behaviour), onPipes }, { signal: stop.signal, log });
  const end = lines.find(({ msg }) => msg === 'process ended');
  return { signal: end?.['exit_signal'], elapsedMs: performance.now() - since };
}

test('a child that obeys is gone at once after an abort', async () => {
  assert.equal((await endOf('/freeze')).signal, null);
});

test('a child that ignores q and SIGTERM is killed', async () => {
  const { signal, elapsedMs } = await endOf('/deaf');
  assert.equal(signal, 'SIGKILL');
  assert.ok(elapsedMs < 5_000, `${elapsedMs} ms`);
});

test('nothing is started under a signal that has aborted', async () => {
  const { log, lines } = readableLog();
  await runProcess(fake('/die'), { signal: AbortSignal.abort(), log });
  assert.deepEqual(lines, []);
});

/** What a gateway is to its ffmpeg: it reads its pipe until it is killed. */
const PARENT = `
  import { spawn } from 'node:child_process';
  const film = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=10', '-c:v', 'libx264', '-tune', 'zerolatency'];
  const child = spawn('ffmpeg', ['-loglevel', 'error', ...film, '-f', 'flv', 'pipe:1'], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdout.on('data', () => undefined).once('data', () => console.log(child.pid));
`;

test('ffmpeg ends by itself when the gateway is killed', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
  parent.kill('SIGKILL');
  while (isAlive(Number(pid))) await new Promise((resolve) => setImmediate(resolve));
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
