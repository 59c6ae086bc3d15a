import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox } from '../../../src/alarms/outbox.ts';
import { edge } from '../../peers/alarm-desk.ts';

test('edges leave in the order in which they came', () => {
  const outbox = new Outbox([]);
  const edges = [0, 1, 2].map((count) => edge(count));
  for (const each of edges) assert.equal(outbox.add(each), undefined);
  assert.deepEqual(outbox.waiting, edges);
  for (const each of edges) {
    assert.equal(outbox.oldest, each);
    outbox.remove(each);
  }
  assert.equal(outbox.oldest, undefined);
});

test('a full outbox gives the oldest up, says which, and counts it', () => {
  const outbox = new Outbox([], 3);
  const edges = [0, 1, 2, 3, 4].map((count) => edge(count));
  assert.deepEqual(
    edges.map((each) => outbox.add(each)),
    [undefined, undefined, undefined, edges[0], edges[1]],
  );
  assert.deepEqual(outbox.waiting, edges.slice(2));
  assert.equal(outbox.dropped, 2);
});

test('the one that is just being told is not dropped', () => {
  const edges = [0, 1, 2].map((count) => edge(count));
  const outbox = new Outbox(edges, 3);
  assert.equal(outbox.add(edge(3), edges[0]), edges[1]);
  assert.equal(outbox.oldest, edges[0]);
});

test('more than fits from an earlier process is cut to the newest', () => {
  const edges = [0, 1, 2, 3].map((count) => edge(count));
  const outbox = new Outbox(edges, 2);
  assert.deepEqual(outbox.waiting, edges.slice(2));
  assert.equal(outbox.dropped, 2);
});

test('two edges that say the same are two', () => {
  const outbox = new Outbox([]);
  const [one, two] = [edge(0), edge(0)];
  outbox.add(one);
  outbox.add(two);
  outbox.remove(two);
  assert.equal(outbox.oldest, one);
});
