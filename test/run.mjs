// Runs the tests: all of them, or those whose path holds a word given on the command line (`npm test -- rtmp feed`).
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from './chromium.mjs';

const here = import.meta.dirname;
const words = process.argv.slice(2);
const named = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
  // What runs the real program takes longest, so it begins first.
  .sort((a, b) => Number(b.startsWith('e2e')) - Number(a.startsWith('e2e')) || a.localeCompare(b));
if (named.length === 0) {
  console.error(`no test file has ${words.join(' or ')} in its path`);
  process.exit(1);
}
const files = words.length > 0 ? named : [...named.filter((name) => !name.startsWith('unit/')), 'unit/all.mjs'];
// Four at a time on any machine: most tests wait for facts, not for the processor.
const options = [
  '--import',
  'tsx',
  '--test',
  `--test-timeout=${process.env['OVD_LONG'] === '1' ? 1_800_000 : 120_000}`,
  '--test-concurrency=4',
];
const child = spawn(process.execPath, [...options, ...files.map((name) => join(here, name))], {
  stdio: 'inherit',
  cwd: join(here, '..'),
});
child.on('close', (code) => {
  process.exitCode = code ?? 1;
  const browserTests = named.filter((name) => name.startsWith('browser')).length;
  if (browserTests === 0 || chromium() !== undefined) return;
  console.error(
    `\nSKIPPED: all ${browserTests} files of browser tests. There is no Chromium here; npm run setup gets it.`,
  );
});
