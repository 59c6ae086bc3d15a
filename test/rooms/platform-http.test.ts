import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PlatformHttp } from '../../src/recording/http.ts';

const TLS = join(import.meta.dirname, '..', 'fixtures', 'tls');
const [key, cert] = ['key', 'crt'].map((ending) => readFileSync(join(TLS, `localhost.${ending}`), 'utf8'));

async function asked(t: TestContext, ca?: string): Promise<string> {
  const server = createServer({ key, cert }, (_request, response) => response.end('taken')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const http = new PlatformHttp(ca);
  t.after(async () => {
    http.close();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo; // Of a listener on a port it is never text.
  const url = new URL(`https://localhost:${port}/cbk`);
  const request = { method: 'POST', url, contentType: 'text/plain', body: [] } as const;
  return (await http.send(request, new AbortController().signal)).text;
}

test('a platform whose certificate the configured authority has signed is spoken to', async (t) => {
  assert.equal(await asked(t, cert), 'taken');
});

test('a platform whose certificate nobody vouches for is told from one that is not there', async (t) => {
  await assert.rejects(asked(t), { sentence: 'the platform cannot be reached: certificate is not trusted' });
});
