import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayError } from '../../src/runtime/errors.ts';
import { collectGarbage } from '../peers/collect-garbage.ts';
import { visitor } from '../peers/onvif-visit.ts';
import { RawSoapServer, type SoapQuestion, type SoapReply } from '../peers/raw-soap-server.ts';
import { seeded } from '../peers/seeded.ts';
import { rightReply } from '../peers/soap-replies.ts';
import { wounded } from '../peers/wounded.ts';

/** How many replies; the long run is for the night. */
const REPLIES = process.env['OVD_LONG'] === '1' ? 20_000 : 500;
const MOST_GROWTH_BYTES = 8_000_000;
/** Most replies stay whole, or no visit would get beyond its first question. */
const WOUNDED = 0.3;

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test(`${REPLIES} replies of a camera, many of them wounded, crash nothing, hang nothing and keep nothing`, async (t) => {
  const random = seeded(4711);
  let hurt = 0;
  const answer = (question: SoapQuestion): SoapReply => {
    const right = rightReply(question);
    if (random() > WOUNDED || typeof right === 'string' || 'raw' in right) return right;
    hurt++;
    return { ...right, body: wounded([String(right.body)], random) };
  };
  const server = await RawSoapServer.listen(t, answer);
  const { camera, end } = visitor(t, server.port);
  let [seen, failed, replies, early] = [0, 0, 0, 0];
  while (replies < REPLIES) {
    try {
      assert.ok((await camera.info(end.signal)).streams.length > 0);
      seen++;
    } catch (err) {
      assert.ok(err instanceof GatewayError, `after ${replies} replies: ${String(err)}`);
      failed++;
    }
    // What the server remembers is not the gateway's.
    replies += server.asked.splice(0).length;
    if (early === 0 && replies > REPLIES / 4) early = heapBytes();
  }
  assert.ok(seen > 0 && failed > 0 && hurt > REPLIES / 10, `${seen} seen, ${failed} failed, ${hurt} wounded`);
  const grown = heapBytes() - early;
  assert.ok(grown < MOST_GROWTH_BYTES, `${grown} bytes more after ${replies} replies`);
});
