import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import { findDevice, type Place } from '../../src/onvif/endpoint.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { fault, RawSoapServer } from '../peers/raw-soap-server.ts';
import { readableLog } from '../peers/readable-log.ts';
import { dateReply, rightReply } from '../peers/soap-replies.ts';

const find = async (place: Place): Promise<string> => {
  const { log } = readableLog();
  return (await findDevice(place, { clock: systemClock, log }, new AbortController().signal)).href;
};

/** The usual ports are free on a loopback address that nobody else uses. */
async function cameraAt(t: TestContext, host: string, port: number): Promise<void> {
  const server = createServer((request, response) => {
    request.resume();
    response.end(dateReply(new Date()));
  });
  server.listen(port, host);
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
}

test('finds a camera on one of the usual ports', async (t) => {
  await cameraAt(t, '127.77.0.1', 8899);
  assert.equal(await find({ host: '127.77.0.1' }), 'http://127.77.0.1:8899/onvif/device_service');
});

test('tries the path that discovery told before the usual ones', async (t) => {
  const server = await RawSoapServer.listen(t, (question) =>
    question.path === '/x/y' ? rightReply(question) : { status: 404, body: '' },
  );
  const place = { host: '127.0.0.1', port: server.port };
  assert.equal(await find({ ...place, path: '/x/y' }), `http://127.0.0.1:${server.port}/x/y`);
  await assert.rejects(find(place), { kind: 'not-onvif' });
});

for (const [name, reply] of [
  ['a fault', { status: 400, body: fault('ter:ActionNotSupported', 'no') }],
  ['a challenge', { status: 401, body: '', headers: { 'WWW-Authenticate': 'Basic realm="c"' } }],
] as const) {
  test(`takes ${name} for the answer of a device service`, async (t) => {
    const server = await RawSoapServer.listen(t, () => reply);
    assert.equal(await find({ host: '127.0.0.1', port: server.port }), server.url.href);
  });
}
