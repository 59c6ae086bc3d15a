import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseConfig } from '../../../src/config/read.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { hashPassword } from '../../../src/runtime/password.ts';
import { boxLooks } from '../../../src/support/box-looks.ts';
import { failed } from '../../../src/support/finding.ts';
import { secrecyLook } from '../../../src/support/secrecy-look.ts';
import { readableLog } from '../../peers/readable-log.ts';
import { scratch } from '../../peers/scratch.ts';

const PLATFORM = { url: 'ws://ovc.example', login_code: 'D1' };

async function secrecyOf(t: TestContext, content: object, mode: number) {
  const file = join(await scratch(t), 'gateway.yaml');
  writeFileSync(file, JSON.stringify(content));
  chmodSync(file, mode);
  const config = parseConfig(JSON.stringify(content), { source: file, env: { PLATFORM_PASSWORD: 'long enough' } });
  return secrecyLook('passwords', { file, config });
}

test('a file with a password in it that everybody can read is worth a note, and one without is not', async (t) => {
  const written = { platform: { ...PLATFORM, login_password: 'long enough' } };
  const elsewhere = { platform: { ...PLATFORM, login_password: `\${PLATFORM_PASSWORD}` } };
  const open = await secrecyOf(t, written, 0o644);
  assert.deepEqual([open.verdict, open.advice.startsWith('chmod o= ')], ['note', true]);
  assert.equal((await secrecyOf(t, written, 0o640)).verdict, 'ok');
  assert.equal((await secrecyOf(t, elsewhere, 0o644)).verdict, 'ok');
});

test('a short word that guards the page is worth a note, and a hash is not', async (t) => {
  const guarded = (web: object) => ({ platform: { ...PLATFORM, login_password: 'long enough' }, web });
  const short = await secrecyOf(t, guarded({ password: 'x', token: 'y' }), 0o600);
  assert.equal(short.words, 'web.password is short; web.token is short');
  assert.equal((await secrecyOf(t, guarded({ password: await hashPassword('x') }), 0o600)).verdict, 'ok');
});

test('a state directory that is a file is told as that, and not as a fault of the gateway', async (t) => {
  const file = join(await scratch(t), 'state');
  writeFileSync(file, '');
  const config = parseConfig(JSON.stringify({ platform: { ...PLATFORM, login_password: 'p' } }), {
    source: file,
    env: {},
  });
  const { log } = readableLog();
  const login = () => assert.fail();
  const signal = new AbortController().signal;
  for (const stateDirectory of [file, join(file, 'below')]) {
    const looks = boxLooks({ ...{ file, config, login, stateDirectory }, clock: systemClock, log });
    for (const { what, look } of looks.filter((each) => ['state directory', 'disk'].includes(each.what))) {
      const { verdict, advice } = await look(what, signal).catch((err: unknown) => failed(what, err));
      if (what === 'disk' && stateDirectory === file) continue;
      assert.deepEqual([what, verdict, advice.startsWith('give the directory')], [what, 'fail', true]);
    }
  }
});
