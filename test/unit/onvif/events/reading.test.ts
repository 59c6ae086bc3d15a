import assert from 'node:assert/strict';
import { test } from 'node:test';
import { booleanOf, type Reading, reading, type Signal } from '../../../../src/onvif/events/reading.ts';
import { fixture, type MessageFacts, message } from '../../../peers/event-messages.ts';

interface Row extends MessageFacts {
  readonly id: string;
  readonly vendor: string;
  readonly signals: ReadonlyArray<Pick<Signal, 'alarm' | 'level' | 'item' | 'desc' | 'end'>>;
}

const rows = fixture<Row>('messages.jsonl');

function signalsOf(said: Reading | undefined): readonly Signal[] {
  return said?.type === 'signals' ? said.signals : [];
}

for (const row of rows) {
  const { id, vendor, topic, operation, data = [] } = row;
  test(`${id}, ${vendor}: ${topic.trim()} ${data.map((item) => item.join('=')).join(' ')} ${operation ?? ''}`, () => {
    const [notification, ...more] = message(row);
    assert.equal(more.length, 0);
    const said = notification && reading(notification);
    if (operation === 'Deleted') {
      assert.equal(said?.type, 'gone');
      return;
    }
    const signals = signalsOf(said).map(({ alarm, level, item, desc, end }) => ({ alarm, level, item, desc, end }));
    assert.deepEqual(signals, row.signals);
  });
}

test('a topic that no row names is unknown, whatever it holds, and never guessed to be motion', () => {
  const [notification] = message({ topic: 'tns1:Some/Thing', data: [['State', 'true']] });
  assert.deepEqual(notification && reading(notification), { type: 'unknown' });
});

test('words that mean true or false in the field are read, and nothing else is', () => {
  for (const word of ['true', '1', ' ON ', 'Active', 'yes', 'high']) assert.equal(booleanOf(word), true, word);
  for (const word of ['FALSE', '0', '00', '000', 'off', 'inactive', 'no', 'low', 'idle', 'normal', 'closed', '']) {
    assert.equal(booleanOf(word), false, word);
  }
  for (const word of ['15', 'maybe', '-1', '0.5']) assert.equal(booleanOf(word), undefined, word);
});

/** What an installer may set for one camera. */
const OPTIONS: ReadonlyArray<readonly [string, MessageFacts, Parameters<typeof reading>[1], string]> = [
  [
    'a region counts as a tripwire where the camera is set so',
    { topic: 'tns1:RuleEngine/FieldDetector/ObjectsInside', data: [['IsInside', 'true']] },
    { regionAsTripwire: true },
    'tripwire on',
  ],
  [
    'motion is turned round where the camera has it inverted',
    { topic: 'tns1:VideoSource/MotionAlarm', data: [['State', 'false']] },
    { inverted: new Set(['motion']) },
    'motion on',
  ],
  [
    'an input that is closed when idle is turned round by its token',
    { topic: 'tns1:Device/Trigger/DigitalInput', source: [['InputToken', 'AlarmIn_1']], data: [['LogicalState', '1']] },
    { invertedInputs: new Set(['AlarmIn_1']) },
    'external off',
  ],
  [
    'a relay counts as an input where the installation uses it so',
    { topic: 'tns1:Device/Trigger/Relay', source: [['RelayToken', '0']], data: [['LogicalState', 'active']] },
    { relayAsInput: true },
    'external on',
  ],
];

for (const [name, facts, options, expected] of OPTIONS) {
  test(name, () => {
    const [notification] = message(facts);
    const signals = signalsOf(notification && reading(notification, options));
    assert.deepEqual(
      signals.map(({ alarm, level }) => `${alarm} ${level}`),
      [expected],
    );
  });
}
