import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Command,
  EXIT,
  helpText,
  parseInvocation,
  portNumber,
  UsageError,
  usageText,
  wholeNumber,
} from '../../../src/commands/command-line.ts';

const SAMPLE: Command = {
  options: { config: { type: 'string', short: 'c' }, seconds: { type: 'string' }, json: { type: 'boolean' } },
  words: 1,
  run: async () => EXIT.done,
};
const BOUNDS = { least: 1, most: 300, fallback: 5 };
const parse = (...args: string[]) => parseInvocation(SAMPLE, args);
const seconds = (...args: string[]) => wholeNumber(parse(...args).values, 'seconds', BOUNDS);

test('options are taken in each way that people write them', () => {
  for (const args of [
    ['-c', 'a.yaml', 'word'],
    ['--config', 'a.yaml', 'word'],
    ['word', '--config=a.yaml'],
    ['-ca.yaml', 'word'],
  ]) {
    const { values, positionals } = parse(...args);
    assert.deepEqual([values.config, positionals], ['a.yaml', ['word']], args.join(' '));
  }
  assert.equal(parse('--json').values.json, true);
  assert.equal(parse('-c', '-').values.config, '-');
});

const REFUSED: ReadonlyArray<readonly [readonly string[], string]> = [
  [['--sceonds', '5'], 'unknown option: --sceonds'],
  [['-x'], 'unknown option: -x'],
  [['--constructor'], 'unknown option: --constructor'],
  [['--seconds'], '--seconds wants a value'],
  [['-c', '--json'], '-c wants a value'],
  [['--json=yes'], '--json takes no value'],
  [['one', 'two', 'three'], 'unexpected: two three'],
];

for (const [args, words] of REFUSED) {
  test(`"${args.join(' ')}" is refused in our own words`, () => {
    assert.throws(
      () => parse(...args),
      (err) => err instanceof UsageError && err.message === words,
    );
  });
}

test('a number is its option’s to judge, and a wrong one is told the option and its bounds', () => {
  assert.equal(seconds(), 5);
  assert.equal(seconds('--seconds', '300'), 300);
  for (const wrong of ['-1', '0', '301', '1.5', 'x', '1e2', '0x10', ' 5', '']) {
    const words = `--seconds wants a whole number from 1 to 300, not ${wrong}`;
    assert.throws(() => seconds('--seconds', wrong), { message: words });
    assert.throws(() => seconds(`--seconds=${wrong}`), { message: words });
  }
  assert.throws(() => portNumber({ port: '65536' }, 'port', 0), { message: /^--port wants .* from 0 to 65535/ });
});

const ROW = { usage: 'run [-c FILE]', does: 'the gateway', load: async () => SAMPLE };

test('the help names every exit code, and where the configuration is looked for', () => {
  const help = helpText([ROW]);
  for (const code of Object.values(EXIT)) assert.match(help, new RegExp(`[ ,]${code} `));
  for (const text of [help, usageText(ROW)]) assert.match(text, /gateway\.yaml here, or \/etc\/ovd-gateway/);
  assert.doesNotMatch(usageText({ ...ROW, usage: 'demo' }), /gateway\.yaml/);
});
