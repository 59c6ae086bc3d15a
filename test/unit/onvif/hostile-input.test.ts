import assert from 'node:assert/strict';
import { test } from 'node:test';
import { devicesIn } from '../../../src/onvif/discovery/matches.ts';
import { notifications } from '../../../src/onvif/events/notification.ts';
import { referenceParameters } from '../../../src/onvif/events/reference-parameters.ts';
import { AlarmTracker } from '../../../src/onvif/events/tracker.ts';
import { content } from '../../../src/onvif/reply.ts';
import { parseXml } from '../../../src/onvif/xml.ts';
import { GatewayError } from '../../../src/runtime/errors.ts';
import { messageXml } from '../../peers/event-messages.ts';
import { seeded } from '../../peers/seeded.ts';
import { wounded } from '../../peers/wounded.ts';

/** How many inputs; the long run is for the night. */
const ROUNDS = process.env['OVD_LONG'] === '1' ? 20_000 : 500;

const SEEDS: readonly string[] = [
  messageXml({
    topic: 'tns1:RuleEngine/CellMotionDetector/Motion',
    operation: 'Changed',
    source: [['Rule', '0']],
    data: [['IsMotion', 'true']],
  }).toString(),
  messageXml({ topic: 'tns1:RuleEngine/LineDetector/Crossed', key: [['ObjectId', '7']] }).toString(),
  '<s:Envelope xmlns:s="x"><s:Body><d:ProbeMatches><d:ProbeMatch><a:EndpointReference><a:Address>urn:1</a:Address></a:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>onvif://www.onvif.org/name/A%20B</d:Scopes><d:XAddrs>http://10.0.0.1/onvif</d:XAddrs></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>',
  '<tev:SubscriptionReference><wsa:ReferenceParameters><a:Id xmlns:a="b">1</a:Id></wsa:ReferenceParameters></tev:SubscriptionReference>',
];

test(`${ROUNDS} wounded messages and packets crash nothing, hang nothing and keep nothing`, () => {
  const random = seeded(20_261);
  const tracker = new AlarmTracker();
  let slowestMs = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const text = wounded(SEEDS, random);
    const since = performance.now();
    devicesIn(Buffer.from(text), '10.0.0.1');
    referenceParameters(text);
    try {
      const top = content.parse(content.parse(parseXml(`<R>${text}</R>`)).get('R'));
      tracker.apply(notifications.parse(top.get('NotificationMessage')), round * 100);
    } catch (err) {
      assert.ok(err instanceof GatewayError, `round ${round}: ${String(err)}`);
    }
    slowestMs = Math.max(slowestMs, performance.now() - since);
  }
  assert.ok(slowestMs < 1000, `slowest took ${slowestMs} ms`);
  assert.ok(tracker.unknownTopics.size <= 200);
  tracker.tick(Number.MAX_SAFE_INTEGER);
  assert.equal(tracker.dueMs(), undefined);
  assert.deepEqual([...tracker.alarms], []);
});
