import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bind } from '../../../src/commands/bind.ts';
import { check } from '../../../src/commands/check.ts';
import { type Command, EXIT } from '../../../src/commands/command-line.ts';

const NOWHERE = '/nowhere/gateway.yaml';

async function said(command: Command, positionals: readonly string[] = []) {
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  const world = { env: {}, signal: new AbortController().signal, print, version: '0.0.0', self: [] };
  const exit = await command.run({ values: { config: NOWHERE }, positionals }, world);
  return { exit, text: lines.join('\n') };
}

test('check without a configuration says so, where it looked, and what to do', async () => {
  const { exit, text } = await said(check);
  assert.equal(exit, EXIT.config);
  assert.match(text, /FAIL +configuration +there is no configuration file: looked for \/nowhere\/gateway\.yaml/);
  assert.match(text, /-> `ovd-gateway run` serves a page that makes one; or put a copy of config\/gateway\.example/);
  assert.doesNotMatch(text, /correct the file|ENOENT/);
});

test('so does every other command that cannot do without one', async () => {
  const { exit, text } = await said(bind, ['id']);
  assert.equal(exit, EXIT.config);
  assert.match(text, /there is no configuration file: looked for .*\n`ovd-gateway run` serves a page/);
});
