import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayError } from '../../../src/runtime/errors.ts';
import { deskAtHand, edge, JPEG } from '../../peers/alarm-desk.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const URL_OF_PICTURE = 'http://ovc.test/p/1?sig=very-secret';
const NOW = new AbortController().signal;

for (const method of ['POST', 'PUT'] as const) {
  test(`the picture of an alarm goes to the address in the answer by ${method}`, async (t) => {
    const { post, told, sent } = deskAtHand(t, { method });
    post.raise(edge(0), Promise.resolve(JPEG));
    await turn();
    told[0]?.answer(URL_OF_PICTURE);
    await turn();
    assert.deepEqual(sent, [{ method, url: new URL(URL_OF_PICTURE), contentType: 'image/jpeg', body: JPEG }]);
    assert.equal(post.status.pictures.uploaded, 1);
    assert.equal(post.status.pictures.held, 0);
  });
}

test('a platform that gives no address gets no picture, and none is held for it', async (t) => {
  const { post, told, sent } = deskAtHand(t);
  post.raise(edge(0), Promise.resolve(JPEG));
  await turn();
  told[0]?.answer('');
  await turn();
  assert.equal(sent.length, 0);
  assert.equal(post.status.pictures.held, 0);
});

test('a picture that is still being taken is waited for, and the next alarm is not', async (t) => {
  const { post, told, sent } = deskAtHand(t);
  let taken: (jpeg: Buffer) => void = () => undefined;
  post.raise(
    edge(0),
    new Promise((resolve) => {
      taken = resolve;
    }),
  );
  post.raise(edge(1), undefined);
  await turn();
  told[0]?.answer(URL_OF_PICTURE);
  await turn();
  assert.equal(told.length, 2);
  assert.equal(sent.length, 0);
  taken(JPEG);
  await turn();
  assert.equal(sent.length, 1);
});

test('an upload that fails is tried again, and the alarms do not wait for it', async (t) => {
  const { post, told, sent, clock, text } = deskAtHand(t, { statuses: [500, 503, 429] });
  post.raise(edge(0), Promise.resolve(JPEG));
  await turn();
  told[0]?.answer(URL_OF_PICTURE);
  await turn();
  post.raise(edge(1), undefined);
  await turn();
  assert.equal(told.length, 2);
  assert.equal(sent.length, 1);
  await clock.advance(20_000);
  assert.equal(sent.length, 4);
  assert.equal(post.status.pictures.uploaded, 1);
  assert.doesNotMatch(text(), /very-secret/);
});

test('an upload that never works is given up, and status says why', async (t) => {
  const { post, told, sent, clock } = deskAtHand(t, { statuses: Array(100).fill(500) });
  post.raise(edge(0, 7), Promise.resolve(JPEG));
  await turn();
  told[0]?.answer(URL_OF_PICTURE);
  await clock.advance(600_000);
  assert.equal(sent.length, 8);
  const { held, lost, lastError } = post.status.pictures;
  assert.deepEqual([held, lost], [0, 1]);
  assert.equal(lastError?.channel, 7);
  assert.equal(lastError?.why, 'the picture was not taken: HTTP 500');
});

/** Answers that say that another try is in vain. */
for (const status of [302, 307, 403, 404]) {
  test(`an upload that is answered with ${status} is not tried again`, async (t) => {
    const { post, told, sent, clock } = deskAtHand(t, { statuses: [status] });
    post.raise(edge(0), Promise.resolve(JPEG));
    await turn();
    told[0]?.answer(URL_OF_PICTURE);
    await clock.advance(600_000);
    assert.equal(sent.length, 1);
    assert.equal(post.status.pictures.lost, 1);
  });
}

for (const address of ['ftp://ovc.test/p', 'file:///etc/passwd', 'nonsense']) {
  test(`nothing is uploaded to ${address}`, async (t) => {
    const { post, told, sent, clock } = deskAtHand(t);
    post.raise(edge(0), Promise.resolve(JPEG));
    await turn();
    told[0]?.answer(address);
    await clock.advance(1_000);
    assert.equal(sent.length, 0);
    assert.equal(post.status.pictures.lost, 1);
    await assert.rejects(post.upload(address, JPEG, NOW), /no http or https URL/);
  });
}

test('a picture that could not be taken is said, and the alarm is told all the same', async (t) => {
  const { post, told, sent } = deskAtHand(t);
  post.raise(edge(0), Promise.reject(new GatewayError('feed-failed', 'the video gave no picture')));
  await turn();
  told[0]?.answer(URL_OF_PICTURE);
  await turn();
  assert.equal(sent.length, 0);
  assert.equal(post.status.pictures.lastError?.why, 'the video gave no picture');
});

test('while there is no link the newest pictures are held, within bounds of number and size', async (t) => {
  const { post, lines } = deskAtHand(t, { linked: false });
  for (let count = 0; count < 40; count++) post.raise(edge(count), Promise.resolve(JPEG));
  await turn();
  assert.deepEqual([post.status.pictures.held, post.status.pictures.lost], [32, 8]);
  const large = Buffer.concat([JPEG, Buffer.alloc(6 * 1024 * 1024)]);
  for (let count = 0; count < 4; count++) post.raise(edge(count), Promise.resolve(large));
  await turn();
  assert.equal(post.status.pictures.held, 2);
  assert.ok(lines.some(({ msg }) => msg === 'no picture for an alarm'));
});
