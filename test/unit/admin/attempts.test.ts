import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Attempts } from '../../../src/admin/attempts.ts';
import { Sessions } from '../../../src/admin/sessions.ts';
import { FakeClock } from '../../peers/fake-clock.ts';

test('all of an IPv6 network waits together; another address does not', () => {
  const attempts = new Attempts(new FakeClock());
  for (let tries = 0; tries < 3; tries++) attempts.guess(`2001:db8::${tries + 1}`);
  assert.throws(() => attempts.guess('2001:db8::ffff'), { kind: 'slow-down' });
  attempts.guess('2001:db8:0:1::1');
  attempts.guess('192.0.2.1');
});

test('the longest pause is a minute, and a success forgets all', async () => {
  const clock = new FakeClock();
  const attempts = new Attempts(clock);
  for (let tries = 0; tries < 12; tries++) {
    attempts.guess('192.0.2.1');
    await clock.advance(60_000);
  }
  attempts.guess('192.0.2.1');
  assert.throws(() => attempts.guess('192.0.2.1'), { fields: { retryAfter: 60 } });
  await clock.advance(60_000);
  attempts.guess('192.0.2.1');
  attempts.succeeded('192.0.2.1');
  attempts.guess('192.0.2.1');
  attempts.guess('192.0.2.1');
});

test('a right token takes back its own guess, and not those of others behind the same proxy', () => {
  const attempts = new Attempts(new FakeClock());
  for (let tries = 0; tries < 2; tries++) attempts.guess('192.0.2.1');
  for (let scrapes = 0; scrapes < 5; scrapes++) {
    attempts.guess('192.0.2.1');
    attempts.forgive('192.0.2.1');
  }
  attempts.guess('192.0.2.1');
  assert.throws(() => attempts.guess('192.0.2.1'), { kind: 'slow-down' });
});

test('there are never more than 64 sessions; the one that was used least lately goes', async () => {
  const clock = new FakeClock();
  const sessions = new Sessions(clock);
  const first = sessions.begin('owner', 'm');
  const second = sessions.begin('owner', 'm');
  for (let more = 0; more < 62; more++) {
    await clock.advance(1);
    sessions.begin('owner', 'm');
  }
  assert.ok(sessions.find(first, 'm'));
  sessions.begin('owner', 'm');
  assert.ok(sessions.find(first, 'm'));
  assert.equal(sessions.find(second, 'm'), undefined);
});

test('a session ends after a day without use, after a week in any case, and with its password', async () => {
  const clock = new FakeClock();
  const sessions = new Sessions(clock);
  const idle = sessions.begin('owner', 'm');
  await clock.advance(24 * 3_600_000 + 1);
  assert.equal(sessions.find(idle, 'm'), undefined);
  const busy = sessions.begin('owner', 'm');
  for (let day = 0; day < 7; day++) {
    await clock.advance(23 * 3_600_000);
    assert.ok(sessions.find(busy, 'm'));
  }
  await clock.advance(23 * 3_600_000);
  assert.equal(sessions.find(busy, 'm'), undefined);
  assert.equal(sessions.find(sessions.begin('owner', 'm'), 'another'), undefined);
});
