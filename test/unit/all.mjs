// All unit tests in one process: they do no I/O to speak of, and a process a file would cost more than the tests.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
for (const name of files.filter((file) => file.endsWith('.test.ts')).sort())
  await import(join(import.meta.dirname, name));
