import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_QUIRKS, quirksFor } from '../../../../src/onvif/ptz/quirks.ts';
import { UNIT, usableRange, vectorFor } from '../../../../src/onvif/ptz/velocity.ts';

const UNITS = { x: UNIT, y: UNIT, zoom: UNIT };

test('speed maps from an eighth to all of the range, in three decimals', () => {
  const panAt = (speed: number) => vectorFor({ op: 'right', speed }, UNITS, NO_QUIRKS);
  assert.deepEqual(panAt(0), { panTilt: { x: 0.125, y: 0 } });
  assert.deepEqual(panAt(50), { panTilt: { x: 0.563, y: 0 } });
  assert.deepEqual(panAt(100), { panTilt: { x: 1, y: 0 } });
  assert.deepEqual(panAt(1000), { panTilt: { x: 1, y: 0 } });
});

test('each way has its own end of the range', () => {
  const ranges = { ...UNITS, x: { min: -50, max: 80 } };
  assert.deepEqual(vectorFor({ op: 'left', speed: 100 }, ranges, NO_QUIRKS), { panTilt: { x: -50, y: 0 } });
  assert.deepEqual(vectorFor({ op: 'right', speed: 100 }, ranges, NO_QUIRKS), { panTilt: { x: 80, y: 0 } });
});

test('a zoom commands the zoom alone', () => {
  assert.deepEqual(vectorFor({ op: 'zoomout', speed: 100 }, UNITS, NO_QUIRKS), { zoom: -1 });
});

test('a range that makes no sense becomes the usual one', () => {
  for (const [min, max] of [
    [1, -1],
    [0, 0],
    [undefined, 1],
    [0, 1],
    [-1, 0],
  ] as const) {
    assert.deepEqual(usableRange(min, max), UNIT);
  }
  assert.deepEqual(usableRange(-0.5, 0.5), { min: -0.5, max: 0.5 });
});

test('what is known of a manufacturer holds until somebody says otherwise', () => {
  assert.notDeepEqual(quirksFor(' HIKVISION ').functionPresets, []);
  assert.deepEqual(quirksFor('hikvision', { functionPresets: [] }).functionPresets, []);
  assert.deepEqual(quirksFor('__proto__'), NO_QUIRKS);
});
