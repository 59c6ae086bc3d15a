import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PictureCache } from '../../../src/service/pictures.ts';
import { FakeClock } from '../../peers/fake-clock.ts';

function cacheOf() {
  const clock = new FakeClock();
  let taken = 0;
  const take = () => Promise.resolve(Buffer.from(String(++taken)));
  return { clock, pictures: new PictureCache(clock), take };
}

test('however many look, a picture is taken once in two seconds', async () => {
  const { clock, pictures, take } = cacheOf();
  const both = await Promise.all([pictures.get(0, take), pictures.get(0, take)]);
  assert.deepEqual(both.map(String), ['1', '1']);
  await clock.advance(1_999);
  assert.equal(String(await pictures.get(0, take)), '1');
  await clock.advance(1);
  assert.equal(String(await pictures.get(0, take)), '2');
});

test('a failure is kept as long as a picture, and no longer', async () => {
  const { clock, pictures, take } = cacheOf();
  const fails = () => Promise.reject(new Error('dark'));
  await assert.rejects(pictures.get(0, fails), /dark/);
  await assert.rejects(pictures.get(0, take), /dark/);
  await clock.advance(2_000);
  assert.equal(String(await pictures.get(0, take)), '1');
});
