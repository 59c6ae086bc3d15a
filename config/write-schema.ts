// Writes what is made out of the schema: the one for editors, and the reference of all keys. A test holds both files to it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchema } from '../src/config/schema.ts';
import { keyTables } from './key-tables.ts';

const write = (name: string, text: string): void => writeFileSync(join(import.meta.dirname, name), text);
write('gateway.schema.json', `${JSON.stringify(jsonSchema(), null, 2)}\n`);
write('README.md', keyTables(jsonSchema()));
