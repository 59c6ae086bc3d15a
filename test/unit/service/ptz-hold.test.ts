import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { PtzHold } from '../../../src/service/ptz-hold.ts';

function hold() {
  const orders: string[] = [];
  const order = (channel: number, wish: { readonly type: string }) => void orders.push(`${channel} ${wish.type}`);
  return { orders, hold: new PtzHold({ order }) };
}

test('a move that nobody confirms stops after three seconds, one that is confirmed goes on', (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const { orders, hold: ptz } = hold();
  ptz.order(0, { op: 'up', value: 50 }, 'me');
  mock.timers.tick(2_500);
  ptz.order(0, { op: 'up', value: 50 }, 'me');
  mock.timers.tick(2_500);
  assert.deepEqual(orders, ['0 move', '0 move']);
  mock.timers.tick(600);
  assert.deepEqual(orders, ['0 move', '0 move', '0 stop']);
});

test('what a visitor moves stops when he is gone, and nothing else', () => {
  const { orders, hold: ptz } = hold();
  ptz.order(0, { op: 'left', value: 50 }, 'me');
  ptz.order(1, { op: 'left', value: 50 }, 'you');
  ptz.order(2, { op: 'left', value: 50 }, 'me');
  ptz.order(2, { op: 'stop', value: 0 }, 'me');
  ptz.gone('me');
  assert.deepEqual(orders, ['0 move', '1 move', '2 move', '2 stop', '0 stop']);
});

test('nothing is ordered any more once it is closed', (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const { orders, hold: ptz } = hold();
  ptz.order(0, { op: 'left', value: 50 }, 'me');
  ptz.close();
  mock.timers.tick(10_000);
  ptz.gone('me');
  assert.deepEqual(orders, ['0 move']);
});
