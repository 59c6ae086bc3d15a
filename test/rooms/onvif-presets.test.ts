import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryStore } from '../peers/memory-presets.ts';
import { movedCamera } from '../peers/moved-camera.ts';
import { failureOf } from '../peers/onvif-visit.ts';

const AT = (pan: number) => ({ pan, tilt: 0, zoom: 0 });

/** Sets preset 5 while the camera looks to `pan`, whatever it has against that, and goes there again. */
async function keptAndFound(moved: Awaited<ReturnType<typeof movedCamera>>, pan = 0.4): Promise<number> {
  const { camera, presets, clock, signal } = moved;
  camera.ptz.place(AT(pan));
  await presets.set(5, signal);
  camera.ptz.place(AT(-1));
  await presets.goTo(5, signal);
  await clock.advance(0);
  return camera.ptz.position.pan;
}

for (const habit of [
  'presets-take-any-token',
  'presets-by-name',
  'presets-unique-names',
  'presets-no-names',
  'presets-silent',
  'presets-prefilled',
  'presets-fixed',
] as const) {
  test(`a preset is set and gone to on a camera with the habit ${habit}`, async (t) => {
    const moved = await movedCamera(t, { habits: [habit] });
    assert.equal(await keptAndFound(moved), 0.4);
    assert.equal(await keptAndFound(moved, 0.7), 0.7);
    assert.ok((await moved.presets.list(moved.signal)).includes(5));
  });
}

test('a preset that is set again goes over the one before', async (t) => {
  const moved = await movedCamera(t);
  await keptAndFound(moved);
  await keptAndFound(moved, 0.7);
  assert.deepEqual(
    moved.camera.presets.presets.map(({ name }) => name),
    ['ovs-5'],
  );
});

test('tokens that were dealt anew at a reboot are found again by our names', async (t) => {
  const moved = await movedCamera(t);
  await keptAndFound(moved);
  moved.camera.presets.renumber(() => 'P017');
  // The old token now belongs to somebody else's place.
  moved.camera.presets.put({ token: '1', name: 'Yard', position: AT(-0.9) });
  await moved.presets.goTo(5, moved.signal);
  assert.equal(moved.camera.ptz.position.pan, 0.4);
});

test('a lost map is restored from our names, and presets are not doubled', async (t) => {
  const first = await movedCamera(t);
  await keptAndFound(first);
  const { presets, camera, signal } = await movedCamera(t);
  for (const preset of first.camera.presets.presets) camera.presets.put(preset);
  assert.deepEqual(await presets.list(signal), [5]);
  camera.ptz.place(AT(0.1));
  await presets.set(5, signal);
  assert.equal(camera.presets.presets.length, 1);
});

test('presets with the same name are told apart by their tokens', async (t) => {
  const { presets, camera, signal } = await movedCamera(t);
  for (const [token, pan] of [
    ['3', 0.3],
    ['4', 0.4],
    ['004', 0.5],
  ] as const) {
    camera.presets.put({ token, name: 'Same', position: AT(pan) });
  }
  assert.deepEqual(await presets.list(signal), [1, 3, 4]);
  for (const [id, pan] of [
    [3, 0.3],
    [4, 0.4],
    [1, 0.5],
  ] as const) {
    await presets.goTo(id, signal);
    assert.equal(camera.ptz.position.pan, pan);
  }
});

test('odd tokens get the lowest free numbers and keep them', async (t) => {
  const store = memoryStore();
  const { presets, camera, signal } = await movedCamera(t, { store });
  camera.presets.put({ token: 'Preset-B', name: 'B', position: AT(0.2) });
  camera.presets.put({ token: '2', name: 'Two', position: AT(0.2) });
  assert.deepEqual(await presets.list(signal), [1, 2]);
  camera.presets.put({ token: 'Preset-A', name: 'A', position: AT(0.3) });
  assert.deepEqual(await presets.list(signal), [1, 2, 3]);
  camera.presets.remove('Preset-B');
  assert.deepEqual(await presets.list(signal), [2, 3]);
  assert.equal(store.load().get(3)?.token, 'Preset-A');
});

test('a list that the factory filled shows only what somebody named', async (t) => {
  const { presets, camera, signal } = await movedCamera(t, { habits: ['presets-prefilled'] });
  assert.deepEqual(await presets.list(signal), []);
  camera.presets.put({ token: '9', name: 'Front gate', position: AT(0.3) });
  assert.deepEqual(await presets.list(signal), [9]);
  assert.equal((await failureOf(presets.goTo(12, signal))).kind, 'bad-parameter');
  await presets.set(12, signal);
  assert.deepEqual(camera.presets.find('12')?.name, 'ovs-12', 'an empty slot of the right number is taken');
});

test('numbers that call functions are never gone to, written over or removed', async (t) => {
  const { presets, camera, signal } = await movedCamera(t, { manufacturer: 'HIKVISION' });
  camera.presets.put({ token: '94', name: 'Remote reboot', position: AT(0) });
  assert.deepEqual(await presets.list(signal), []);
  assert.equal((await failureOf(presets.goTo(94, signal))).kind, 'bad-parameter');
  await presets.clear(94, signal);
  await presets.set(94, signal);
  assert.equal(camera.presets.find('94')?.name, 'Remote reboot');
  assert.equal(camera.count('GotoPreset'), 0);
});

test('the user’s own place is not written over, and token 0 is never made up', async (t) => {
  const { presets, camera, signal } = await movedCamera(t, { habits: ['presets-take-any-token'] });
  camera.presets.put({ token: '5', name: 'Garden', position: AT(0.9) });
  camera.ptz.place(AT(0.1));
  await presets.set(5, signal);
  await presets.set(0, signal);
  assert.equal(camera.presets.find('5')?.name, 'Garden');
  assert.equal(camera.presets.find('0'), undefined);
  await presets.goTo(5, signal);
  assert.equal(camera.ptz.position.pan, 0.1);
});

test('a name that is taken gets a number behind it', async (t) => {
  const { presets, camera, signal } = await movedCamera(t, { habits: ['presets-unique-names'] });
  camera.presets.put({ token: 'x', name: 'Garden', position: AT(0.9) });
  await presets.set(5, signal);
  const made = camera.presets.presets.find(({ name }) => name === 'ovs-5');
  camera.presets.put({ token: 'y', name: 'ovs-6', position: AT(0.9) });
  await presets.set(6, signal);
  assert.ok(made && camera.presets.presets.filter(({ name }) => name === 'ovs-6').length === 1);
});

test('a camera that is full or cannot remove says so', async (t) => {
  const { presets, camera, signal } = await movedCamera(t, { habits: ['presets-full'] });
  assert.match((await failureOf(presets.set(5, signal))).sentence, /fault/);
  camera.habits.set('presets-full', false);
  await presets.set(5, signal);
  camera.habits.set('presets-fixed', true);
  assert.equal((await failureOf(presets.clear(5, signal))).kind, 'camera-fault');
});

test('clearing what is not there is done already; clearing what is there removes it on the camera', async (t) => {
  const { presets, camera, signal, store } = await movedCamera(t);
  await presets.clear(5, signal);
  await presets.set(5, signal);
  await presets.clear(5, signal);
  assert.deepEqual(camera.presets.presets, []);
  assert.equal(store.load().size, 0);
});

test('a number out of range is refused before the camera hears of it', async (t) => {
  const { presets, camera, signal } = await movedCamera(t);
  for (const id of [-1, 256, 1.5, Number.NaN]) {
    assert.equal((await failureOf(presets.set(id, signal))).kind, 'bad-parameter');
  }
  assert.equal(camera.count('SetPreset'), 0);
});

test('text from a camera’s preset list goes back to it escaped', async (t) => {
  const { presets, camera, signal } = await movedCamera(t);
  const token = 'a</tptz:PresetToken><x>&"';
  camera.presets.put({ token, name: 'Odd', position: AT(0.6) });
  assert.deepEqual(await presets.list(signal), [1]);
  await presets.goTo(1, signal);
  assert.equal(camera.ptz.position.pan, 0.6);
});
