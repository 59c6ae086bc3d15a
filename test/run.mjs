// Runs the tests: all of them, or those whose path holds a word given on the command line (`npm test -- rtmp feed`).
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const words = process.argv.slice(2);
const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
  .map((name) => join(here, name))
  .sort();
if (files.length === 0) {
  console.error(`no test file has ${words.join(' or ')} in its path`);
  process.exit(1);
}
const args = ['--import', 'tsx', '--test', '--test-timeout=60000', '--test-concurrency=2', ...files];
const child = spawn(process.execPath, args, { stdio: 'inherit', cwd: join(here, '..') });
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
