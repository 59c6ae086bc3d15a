import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CameraStream } from '../../../../src/channel/ports.ts';
import { RecipeChoice } from '../../../../src/media/feed/recipe-choice.ts';
import { GatewayError } from '../../../../src/runtime/errors.ts';

function choiceFor(audio: CameraStream['audio']): RecipeChoice {
  const size = { width: undefined, height: undefined, framesPerSecond: undefined, bitsPerSecond: undefined };
  const url = new URL('rtsp://10.0.0.1/');
  return new RecipeChoice({
    profile: 'main',
    name: 'Main',
    url,
    credentials: undefined,
    video: 'H264',
    audio,
    ...size,
  });
}

test('audio is copied when it is AAC, encoded when it is anything else, and left out when there is none', () => {
  assert.deepEqual(
    (['AAC', 'G711', 'G726', undefined] as const).map((audio) => choiceFor(audio).recipe.audio),
    ['copy', 'encode', 'encode', 'none'],
  );
});

test('a remedy is taken once', () => {
  const choice = choiceFor('AAC');
  assert.equal(choice.learn({ probe: 'full' }), true);
  assert.deepEqual(choice.recipe, { probe: 'full', times: 'camera', audio: 'copy', order: 'asTheyCome' });
  assert.equal(choice.learn({ order: 'sorted' }), true);
  assert.equal(choice.learn({ probe: 'full' }), false);
});

test('a silent camera is tried without audio and with it in turn, until pictures come', () => {
  const choice = choiceFor('G711');
  choice.silent();
  assert.equal(choice.recipe.audio, 'none');
  choice.silent();
  assert.equal(choice.recipe.audio, 'encode');
  choice.flowed();
  choice.silent();
  assert.equal(choice.recipe.audio, 'encode');
});

test('silence says nothing about audio that is copied', () => {
  const choice = choiceFor('AAC');
  choice.silent();
  assert.equal(choice.recipe.audio, 'copy');
});

test('a login that was refused twice is left alone for five minutes, whoever asks, until pictures come', () => {
  const choice = choiceFor('AAC');
  const refusal = new GatewayError('camera-unauthorized', 'camera refuses the login');
  choice.refused(refusal, 0);
  assert.equal(choice.barred(1_000), undefined);
  choice.refused(refusal, 2_000);
  assert.deepEqual(choice.barred(301_999), refusal);
  assert.equal(choice.barred(302_000), undefined);
  choice.flowed();
  choice.refused(refusal, 400_000);
  assert.equal(choice.barred(400_001), undefined);
});
