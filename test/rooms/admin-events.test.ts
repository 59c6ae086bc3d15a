import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventStream } from '../../src/admin/event-stream.ts';
import { adminDesk, houseWith, NO_BROWSER } from '../peers/admin-desk.ts';

/** A house that tells nothing of itself, and who of its visitors moves a camera and goes. */
function quietHouse() {
  const moved: string[] = [];
  const left: string[] = [];
  let followers = 0;
  let onLeft: () => void = () => undefined;
  const house = houseWith({
    site: {
      follow: () => {
        followers++;
        return () => void followers--;
      },
    },
    orders: {
      ptz: (_channel, _wish, visitor) => void moved.push(visitor),
      visitorGone: (visitor) => {
        left.push(visitor);
        onLeft();
      },
    },
  });
  const nextLeft = () => new Promise<void>((resolve) => (onLeft = resolve));
  return { house, moved, left, nextLeft, followers: () => followers };
}

test('a page that closes stops what it moves, and not what another page of the same browser does', async (t) => {
  const { house, moved, left, nextLeft } = quietHouse();
  const { ask, port } = await adminDesk(t, { house });
  for (const page of ['one', 'two']) {
    const body = { op: 'left', value: 50, page };
    assert.equal((await ask('/api/channels/0/ptz', { method: 'POST', headers: NO_BROWSER, body })).status, 200);
  }
  const stream = await fetch(`http://127.0.0.1:${port}/api/events?page=one`);
  const gone = nextLeft();
  await stream.body?.cancel();
  await gone;
  assert.notEqual(moved[0], moved[1]);
  assert.deepEqual(left, [moved[0]]);
});

test('events for a visitor who has gone already end at once and leave nothing behind', async () => {
  const { house, left, followers } = quietHouse();
  const stream = eventStream(house, 'me', AbortSignal.abort());
  assert.equal(await stream.text(), '');
  assert.deepEqual([followers(), left], [0, ['me']]);
});
