import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayError } from '../../../src/runtime/errors.ts';
import { Store } from '../../../src/store/store.ts';
import { deskAtHand, edge } from '../../peers/alarm-desk.ts';
import { FakeClock } from '../../peers/fake-clock.ts';
import { readableLog } from '../../peers/readable-log.ts';
import { scratch } from '../../peers/scratch.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const lost = (): GatewayError => new GatewayError('link-lost', 'the link to the OVC is down');
const late = (): GatewayError => new GatewayError('timed-out', 'the OVC left a request without an answer');

test('alarms are told one at a time, in order, each once', async (t) => {
  const { post, told } = deskAtHand(t);
  for (let count = 0; count < 5; count++) post.raise(edge(count), undefined);
  for (let count = 0; count < 5; count++) {
    await turn();
    assert.equal(told.length, count + 1);
    told[count]?.answer();
  }
  await turn();
  assert.deepEqual(
    told.map(({ edge: { desc } }) => desc),
    ['edge 0', 'edge 1', 'edge 2', 'edge 3', 'edge 4'],
  );
  assert.equal(post.status.waiting, 0);
});

test('without a link nothing is told; when it comes, all is, with the time of each', async (t) => {
  const { post, told, link } = deskAtHand(t, { linked: false });
  for (let count = 0; count < 3; count++) post.raise(edge(count), undefined);
  await turn();
  assert.equal(told.length, 0);
  link.up = true;
  post.linkUp();
  for (let count = 0; count < 3; count++) {
    await turn();
    told[count]?.answer();
  }
  assert.deepEqual(
    told.map((each) => each.edge.at),
    [0, 1, 2].map((count) => edge(count).at),
  );
});

test('an alarm that was lost on its way is told again when the link is back, before the next one', async (t) => {
  for (const failure of [lost(), late()]) {
    const { post, told, link } = deskAtHand(t);
    post.raise(edge(0), undefined);
    post.raise(edge(1), undefined);
    await turn();
    link.up = false;
    told[0]?.fail(failure);
    await turn();
    assert.equal(post.status.waiting, 2);
    link.up = true;
    post.linkUp();
    await turn();
    told[1]?.answer();
    await turn();
    assert.deepEqual(
      told.map((each) => each.edge.desc),
      ['edge 0', 'edge 0', 'edge 1'],
    );
  }
});

test('an alarm that the platform has is not told again, though its answer never came', async (t) => {
  for (const failure of [lost(), late()]) {
    const { post, told, link } = deskAtHand(t);
    post.raise(edge(0), undefined);
    post.raise(edge(1), undefined);
    await turn();
    told[0]?.received();
    link.up = false;
    told[0]?.fail(failure);
    await turn();
    link.up = true;
    post.linkUp();
    await turn();
    assert.deepEqual(
      told.map((each) => each.edge.desc),
      ['edge 0', 'edge 1'],
    );
  }
});

test('an alarm that the platform refuses is given up and said, and the next one follows', async (t) => {
  const { post, told, lines } = deskAtHand(t);
  post.raise(edge(0), undefined);
  post.raise(edge(1), undefined);
  await turn();
  told[0]?.fail(new GatewayError('refused', 'the OVC refused', { reason: 'no such channel' }));
  await turn();
  assert.equal(told[1]?.edge.desc, 'edge 1');
  assert.ok(lines.some(({ msg }) => msg === 'the OVC has not taken an alarm'));
});

test('a storm of a thousand alarms is told one by one, none of them lost', async (t) => {
  const { post, told } = deskAtHand(t);
  for (let count = 0; count < 1_000; count++) post.raise(edge(count), undefined);
  for (let count = 0; count < 1_000; count++) {
    await turn();
    assert.equal(told.length, count + 1);
    assert.equal(told[count]?.edge.desc, `edge ${count}`);
    told[count]?.answer();
  }
  await turn();
  assert.deepEqual([post.status.waiting, post.status.dropped], [0, 0]);
});

test('beyond a thousand the oldest are dropped and counted', async (t) => {
  const { post, lines } = deskAtHand(t, { linked: false });
  for (let count = 0; count < 1_002; count++) post.raise(edge(count), undefined);
  assert.equal(post.status.waiting, 1_000);
  assert.equal(post.status.dropped, 2);
  assert.equal(lines.filter(({ msg }) => msg.includes('dropped')).length, 1);
});

test('what is told at once never touches the disk; what waits is written rarely', async (t) => {
  const { post, told, kept, clock, link } = deskAtHand(t);
  post.raise(edge(0), undefined);
  await turn();
  told[0]?.answer();
  await clock.advance(10_000);
  assert.equal(kept.length, 0);
  link.up = false;
  for (let second = 0; second < 60; second++) {
    post.raise(edge(second), undefined);
    await clock.advance(1_000);
  }
  assert.ok(kept.length >= 5 && kept.length <= 13, `${kept.length} writes`);
});

test('alarms that were not told survive a restart, and leave the disk when they are', async (t) => {
  const directory = await scratch(t);
  const open = () => Store.open({ directory, clock: new FakeClock(), log: readableLog().log });
  const store = await open();
  const before = deskAtHand(t, { linked: false, book: store });
  for (let count = 0; count < 3; count++) before.post.raise(edge(count), undefined);
  await before.end();
  // One that comes after everything has ended is kept, too.
  before.post.raise(edge(3), undefined);
  await store.flush();
  const again = await open();
  const after = deskAtHand(t, { book: again });
  for (let count = 0; count < 4; count++) {
    await turn();
    assert.deepEqual(after.told[count]?.edge, edge(count));
    after.told[count]?.answer();
  }
  await after.clock.advance(1_000);
  await again.flush();
  assert.deepEqual((await open()).alarms, []);
});

test('an alarm under way at the end is kept, unless the platform has it', async (t) => {
  for (const has of [true, false]) {
    const { post, told, kept, link, end } = deskAtHand(t);
    post.raise(edge(0), undefined);
    await turn();
    if (has) told[0]?.received();
    link.up = false;
    told[0]?.fail(lost());
    await end();
    assert.deepEqual(kept.flat(), has ? [] : [edge(0)]);
  }
});
