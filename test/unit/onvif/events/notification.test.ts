import assert from 'node:assert/strict';
import { test } from 'node:test';
import { videoSourceOf } from '../../../../src/onvif/events/notification.ts';
import { canonicalTopic } from '../../../../src/onvif/events/topics.ts';
import { message, parsedMessages } from '../../../peers/event-messages.ts';

/** Every way in which cameras decorate a topic. */
const TOPICS: ReadonlyArray<readonly [string, string]> = [
  ['\n   tns1:RuleEngine/CellMotionDetector/Motion\n  ', 'RuleEngine/CellMotionDetector/Motion'],
  ['tns1:RuleEngine/LineDetector/Crossed//.', 'RuleEngine/LineDetector/Crossed'],
  ['tns1:VideoSource/MotionAlarm/.', 'VideoSource/MotionAlarm'],
  ['tns1:Device/tns1:Trigger/tns1:Relay', 'Device/Trigger/Relay'],
  ['tns1:VideoSource/tns1:Device/Trigger/DigitalInput', 'Device/Trigger/DigitalInput'],
  ['tns1:VideoSoure/MotionAlarm', 'VideoSource/MotionAlarm'],
  ['', ''],
];

for (const [written, canonical] of TOPICS) {
  test(`the topic ${JSON.stringify(written)} is ${JSON.stringify(canonical)}`, () => {
    assert.equal(canonicalTopic(written), canonical);
  });
}

test('every tt:Message of every NotificationMessage is read, whatever the prefixes', () => {
  const markup = `<a:NotificationMessage><a:Topic>x:RuleEngine/LineDetector/Crossed</a:Topic>
<a:Message><b:Message><b:Data><b:SimpleItem Value="15" Name="ObjectId"/></b:Data></b:Message>
<b:Message><b:Data><b:SimpleItem Name="ObjectId" Value="16"/></b:Data></b:Message></a:Message></a:NotificationMessage>
<NotificationMessage><Topic>VideoSource/MotionAlarm</Topic><Message><Message PropertyOperation="Changed"/></Message></NotificationMessage>`;
  const found = parsedMessages(markup);
  assert.deepEqual(
    found.map(({ topic, operation, data }) => [topic, operation, data.map(({ value }) => value).join()]),
    [
      ['RuleEngine/LineDetector/Crossed', undefined, '15'],
      ['RuleEngine/LineDetector/Crossed', undefined, '16'],
      ['VideoSource/MotionAlarm', 'Changed', ''],
    ],
  );
});

test('a key in SimpleItemDescription is a key; empty notifications and items without a name are nothing', () => {
  const [described] =
    parsedMessages(`<NotificationMessage><Topic>VideoAnalytics/MotionDetection</Topic><Message><Message>
<Key><SimpleItemDescription Name="ROIID" Value="0"/></Key><Data><SimpleItem Value="1"/></Data></Message></Message></NotificationMessage>`);
  assert.deepEqual(described?.key, [{ name: 'ROIID', value: '0' }]);
  assert.deepEqual(described?.data, []);
  assert.deepEqual(parsedMessages('<NotificationMessage><Topic/><Message/></NotificationMessage>'), []);
});

test('a topic without any message is one message without items', () => {
  assert.equal(
    parsedMessages('<NotificationMessage><Topic>Device/Trigger/Visitor</Topic></NotificationMessage>').length,
    1,
  );
});

test('three thousand messages in one reply are cut to a thousand', () => {
  const one = '<NotificationMessage><Topic>A/B</Topic><Message><Message/></Message></NotificationMessage>';
  assert.equal(parsedMessages(one.repeat(3000)).length, 1000);
});

test('the video source is read from whichever item names it', () => {
  const sourceOf = (...source: ReadonlyArray<readonly [string, string]>) => {
    const [notification] = message({ topic: 'A/B', source });
    return notification && videoSourceOf(notification);
  };
  assert.equal(sourceOf(['Rule', 'r'], ['VideoSourceConfigurationToken', 'vsc3']), 'vsc3');
  assert.equal(sourceOf(['Source', '000']), '000');
  assert.equal(sourceOf(['InputToken', '1']), undefined);
});
