import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createServer } from 'node:tls';
import { WebSocketServer } from 'ws';
import { dial } from '../../src/ovc/login.ts';
import { PlatformHttp } from '../../src/recording/http.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { Secret } from '../../src/runtime/secret.ts';
import type { CertificateTime } from '../../src/runtime/tls-in-time.ts';
import { lostTime } from '../peers/lost-clock.ts';

const DATED = join(import.meta.dirname, '..', 'fixtures', 'tls', 'dated');
const file = (name: string): string => readFileSync(join(DATED, name), 'utf8');
const key = file('leaf.key');
const ca = file('authority.crt');

/** A server that answers everybody who gets through TLS, and counts what it hears. */
async function server(t: TestContext, certificate: string) {
  const heard: string[] = [];
  const listener = createServer({ key, cert: file(`${certificate}.crt`) }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      heard.push(String(bytes));
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\ntaken');
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  t.after(() => void listener.close());
  const { port } = listener.address() as AddressInfo; // Of a listener on a port it is never text.
  return { port, heard };
}

async function asked(t: TestContext, certificate: string, time: CertificateTime): Promise<string> {
  const { port, heard } = await server(t, certificate);
  const http = new PlatformHttp(ca, { time });
  t.after(() => http.close());
  const request = { method: 'POST', url: new URL(`https://localhost:${port}/`), contentType: 'a/b', body: [] } as const;
  const answer = await http.send(request, new AbortController().signal).then(
    ({ text }) => text,
    (err: { sentence: string }) => err.sentence,
  );
  if (answer !== 'taken') assert.deepEqual(heard, []);
  return answer.replace('the platform cannot be reached: ', '');
}

const lost = () => lostTime(systemClock);

/** The platform has told the time over a connection that nobody can alter. */
function told(at: string, how: 'date' | 'secure_date' = 'secure_date') {
  const time = lost();
  time.heard(new Date(at), how);
  return time;
}

const right: CertificateTime = { clockIsRight: true, momentFor: () => new Date(), taken: () => undefined };

const CASES: ReadonlyArray<{ words: string; certificate: string; time: () => CertificateTime; answer: string }> = [
  {
    words: 'a certificate that begins after what a lost clock shows is taken',
    certificate: 'later',
    time: lost,
    answer: 'taken',
  },
  {
    words: 'it is taken at a time that the platform has told',
    certificate: 'later',
    time: () => told('2090-06-01'),
    answer: 'taken',
  },
  {
    words: 'it is not taken by a clock that somebody vouches for',
    certificate: 'later',
    time: () => right,
    answer: 'certificate is not valid yet; is the clock right?',
  },
  {
    words: 'it is not taken once it has run out by what is known',
    certificate: 'later',
    time: () => told('2091-06-01'),
    answer: 'certificate has expired',
  },
  {
    words: 'one that is good by the clock is not taken when the time that is known says otherwise',
    certificate: 'today',
    time: () => told('2091-06-01'),
    answer: 'certificate has expired',
  },
  {
    words: 'one that has run out by the clock is not taken, whatever an open connection says',
    certificate: 'earlier',
    time: () => told('2026-02-10', 'date'),
    answer: 'certificate has expired',
  },
  { words: 'one of today is taken', certificate: 'today', time: lost, answer: 'taken' },
  {
    words: 'one of an unknown authority is not taken, though its dates are the first thing that is wrong',
    certificate: 'unknown',
    time: lost,
    answer: 'certificate is not trusted',
  },
  {
    words: 'one for another host is not taken',
    certificate: 'elsewhere',
    time: lost,
    answer: 'certificate is not valid yet; is the clock right?',
  },
];

for (const { words, certificate, time, answer } of CASES) {
  test(words, async (t) => {
    const got = await asked(t, certificate, time());
    // An authority that is not known may be told by its dates, too; what counts is that nothing was sent.
    if (certificate === 'unknown') assert.notEqual(got, 'taken');
    else assert.equal(got, answer);
  });
}

const login = (port: number, time: CertificateTime) => ({
  ...{ url: new URL(`wss://localhost:${port}`), loginCode: 'OVD1', password: new Secret('hunter2') },
  ...{ hardwareModel: 'box', firmwareModel: '1', ca, time },
});

test('the link opens with a lost clock', async (t) => {
  const { createServer: createHttps } = await import('node:https');
  const listener = createHttps({ key, cert: file('later.crt') }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const sockets = new WebSocketServer({ server: listener });
  t.after(() => {
    for (const each of sockets.clients) each.terminate();
    sockets.close();
    listener.close();
  });
  const { port } = listener.address() as AddressInfo; // As above.
  const socket = dial(login(port, lost()));
  await once(socket, 'open');
  socket.terminate();
});

for (const certificate of ['unknown', 'elsewhere', 'earlier']) {
  test(`no login is sent to a server whose certificate is ${certificate}`, async (t) => {
    const { port, heard } = await server(t, certificate);
    const socket = dial(login(port, lost()));
    await assert.rejects(once(socket, 'open'));
    assert.deepEqual(heard, []);
  });
}
