import assert from 'node:assert/strict';
import { readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RememberedRecording } from '../../../src/channel/remembered-recording.ts';
import { Store } from '../../../src/store/store.ts';
import { FakeClock } from '../../peers/fake-clock.ts';
import { readableLog } from '../../peers/readable-log.ts';
import { scratch } from '../../peers/scratch.ts';

const REMEMBERED: RememberedRecording = {
  channel: 3,
  settings: {
    sessionId: 'a/b',
    maxBitsPerSecond: 0,
    segmentSeconds: 10,
    segmentMaxBytes: 1e6,
    segmentMaxCount: 3,
    prerecordSeconds: 20,
    startTs: 0,
    callbackUrl: 'http://127.0.0.1/cb',
  },
  clockOffsetMs: 0,
  finished: false,
};

async function openStore(directory: string) {
  const clock = new FakeClock();
  const { log, lines } = readableLog();
  return { store: await Store.open({ directory, clock, log }), clock, lines };
}

test('what is remembered is there after a restart, readable by its owner alone', async (t) => {
  const directory = await scratch(t);
  const { store } = await openStore(directory);
  store.remember('one', REMEMBERED);
  store.remember('two', { ...REMEMBERED, finished: true, lastName: 'x.ts' });
  store.forget('nobody');
  await store.flush();
  const again = await openStore(directory);
  assert.deepEqual(again.store.recordings, {
    one: REMEMBERED,
    two: { ...REMEMBERED, finished: true, lastName: 'x.ts' },
  });
  assert.equal((await stat(join(directory, 'state.json'))).mode & 0o777, 0o600);
});

test('presets are kept for each camera, whatever it calls itself', async (t) => {
  const directory = await scratch(t);
  const { store } = await openStore(directory);
  const preset = { token: '001', name: 'ovs-7', createdByUs: true, lastSeen: '2026-01-02T03:04:05Z' };
  const names = ['IPC 123', '__proto__', ''];
  for (const [at, name] of names.entries()) store.presetsOf(name).save(new Map([[at, preset]]));
  store.presetsOf('gone').save(new Map());
  await store.flush();
  const again = await openStore(directory);
  for (const [at, name] of names.entries()) assert.deepEqual([...again.store.presetsOf(name).load()], [[at, preset]]);
  assert.equal(again.store.presetsOf('gone').load().size, 0);
  assert.equal(again.store.presetsOf('never seen').load().size, 0);
});

test('many changes in a moment are one write, and the last ones are written at the end', async (t) => {
  const directory = await scratch(t);
  const { store, clock } = await openStore(directory);
  const stop = new AbortController();
  const running = store.run(stop.signal);
  for (let count = 0; count < 100; count++) store.remember(`r${count}`, REMEMBERED);
  await clock.advance(100);
  assert.deepEqual(await readdir(directory), []);
  store.remember('last', REMEMBERED);
  stop.abort();
  await running;
  // One version, hence no earlier one beside it.
  assert.deepEqual(await readdir(directory), ['state.json']);
  assert.equal(Object.keys((await openStore(directory)).store.recordings).length, 101);
});

for (const [name, damage] of Object.entries({
  'cut off': (path: string) => truncate(path, 40),
  emptied: (path: string) => truncate(path, 0),
  'of another form': (path: string) => writeFile(path, '{"recordings":{"one":{"channel":"three"}}}'),
})) {
  test(`a file that was ${name} is set aside, and the version before it counts`, async (t) => {
    const directory = await scratch(t);
    const { store } = await openStore(directory);
    store.remember('one', REMEMBERED);
    await store.flush();
    store.remember('two', REMEMBERED);
    await store.flush();
    await damage(join(directory, 'state.json'));
    const { store: after, lines } = await openStore(directory);
    assert.deepEqual(Object.keys(after.recordings), ['one']);
    assert.deepEqual(
      lines.map(({ msg }) => msg),
      ['state file is damaged; it was set aside'],
    );
    assert.ok((await readdir(directory)).includes('state.json.corrupt'));
  });
}

test('a state that cannot be written is shown and tried again', async (t) => {
  const directory = join(await scratch(t), 'state');
  await writeFile(directory, '');
  const { store, lines } = await openStore(directory);
  store.remember('one', REMEMBERED);
  await store.flush();
  await store.flush();
  assert.equal(store.writable, false);
  assert.equal(lines.length, 1);
});

for (const name of ['state.json', 'state.json.bak']) {
  test(`a ${name} that is there and cannot be read is no absent one, and stays as it is`, async (t) => {
    const directory = await scratch(t);
    // Whoever runs the tests as root may read every file, but nobody a link to itself.
    await symlink(name, join(directory, name));
    await assert.rejects(openStore(directory), { sentence: 'the state file cannot be read: ELOOP' });
    assert.deepEqual(await readdir(directory), [name]);
  });
}

test('no secret of an address is told when a state is damaged', async (t) => {
  const directory = await scratch(t);
  await writeFile(join(directory, 'state.json'), '{"callbackUrl":"http://h/?key=very-secret"');
  const { lines } = await openStore(directory);
  assert.doesNotMatch(JSON.stringify(lines), /very-secret/);
  assert.match(await readFile(join(directory, 'state.json.corrupt'), 'utf8'), /very-secret/);
});
