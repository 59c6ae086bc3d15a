import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Configuration } from '../../../src/service/configuration.ts';

function configurationOf(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'configuration-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'gateway.yaml');
  const say = (password: string): void =>
    writeFileSync(
      file,
      JSON.stringify({ platform: { url: 'ws://ovc.example', login_code: 'D1', login_password: password } }),
    );
  return { say, file, configuration: new Configuration({ file, env: {}, version: '0.0.0' }) };
}

test('takes every secret of the file out of any text, and those of earlier versions of it', (t) => {
  const { say, configuration } = configurationOf(t);
  say('first-password');
  assert.equal(configuration.look().found, 'config');
  assert.equal(configuration.scrub('login with first-password failed'), 'login with *** failed');

  say('second-password');
  configuration.look();
  assert.equal(configuration.scrub('not first-password but second-password'), 'not *** but ***');
});

test('goes on taking out what was secret while the file makes no sense', (t) => {
  const { say, file, configuration } = configurationOf(t);
  say('first-password');
  configuration.look();
  writeFileSync(file, 'platform: [');
  assert.equal(configuration.look().found, 'faults');
  assert.equal(configuration.scrub('first-password'), '***');
});
