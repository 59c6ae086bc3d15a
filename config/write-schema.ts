// Writes the schema that editors use; a test holds the file to what this would write.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchema } from '../src/config/schema.ts';

writeFileSync(join(import.meta.dirname, 'gateway.schema.json'), `${JSON.stringify(jsonSchema(), null, 2)}\n`);
