import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoginAttempts, type Refusal } from '../../../src/onvif/login-attempts.ts';
import { isKind } from '../../../src/runtime/errors.ts';
import { Secret } from '../../../src/runtime/secret.ts';
import { FakeClock } from '../../peers/fake-clock.ts';

const ADMIN = { username: 'admin', password: new Secret('secret') };
const REFUSAL: Refusal = { type: 'refusal', status: 400, challenges: [], said: '' };
const CHALLENGE: Refusal = { ...REFUSAL, status: 401, challenges: ['Digest realm="r", nonce="n"'] };

/** Where the credentials are in the next request. */
function style(attempts: LoginAttempts): string {
  const { security, authorization } = attempts.sign('/x', 0);
  return [security && 'token', authorization && 'http'].filter(Boolean).join('+');
}

test('sends a token first, and after a challenge the answer to it instead', () => {
  const attempts = new LoginAttempts(ADMIN, new FakeClock());
  assert.equal(style(attempts), 'token');
  assert.equal(attempts.refused(CHALLENGE), 'again');
  assert.equal(style(attempts), 'http');
});

test('starts with the challenge that a question without a login has met', () => {
  const attempts = new LoginAttempts(ADMIN, new FakeClock());
  attempts.challenged(CHALLENGE);
  assert.equal(style(attempts), 'http');
  assert.equal(attempts.refused(REFUSAL), 'again');
  assert.equal(style(attempts), 'token+http');
});

test('suspects the clock when a token is refused without a challenge', () => {
  assert.equal(new LoginAttempts(ADMIN, new FakeClock()).refused(REFUSAL), 'mend-clock');
});

test('sends nothing for five minutes after two refusals in a row', async () => {
  const clock = new FakeClock();
  const attempts = new LoginAttempts(ADMIN, clock);
  attempts.refused(REFUSAL);
  attempts.accepted();
  attempts.refused(REFUSAL);
  assert.equal(style(attempts), 'token');
  assert.equal(attempts.refused(REFUSAL), 'stop');
  assert.throws(
    () => attempts.sign('/x', 0),
    (err) => isKind(err, 'camera-unauthorized'),
  );
  await clock.advance(5 * 60_000);
  assert.equal(style(attempts), 'token');
});
