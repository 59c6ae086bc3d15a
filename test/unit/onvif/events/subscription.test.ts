import assert from 'node:assert/strict';
import { test } from 'node:test';
import { likelyAddresses } from '../../../../src/onvif/addresses.ts';
import { RecreatePace } from '../../../../src/onvif/events/pace.ts';
import { referenceParameters } from '../../../../src/onvif/events/reference-parameters.ts';
import { absoluteTerm, renewInMs } from '../../../../src/onvif/events/term.ts';
import { FakeClock } from '../../../peers/fake-clock.ts';

const WSA = 'http://www.w3.org/2005/08/addressing';

function reply(parameters: string, declared = ''): string {
  return `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" ${declared}><s:Body><tev:CreatePullPointSubscriptionResponse>
<tev:SubscriptionReference><wsa:Address>http://10.0.0.5/sub</wsa:Address>${parameters}</tev:SubscriptionReference>
</tev:CreatePullPointSubscriptionResponse></s:Body></s:Envelope>`;
}

const parametersOf = (text: string): string[] => referenceParameters(text).map(String);

test('a reference parameter comes back verbatim, marked, with the namespace it was declared in', () => {
  const axis = '<wsa:ReferenceParameters><dom0:SubscriptionId>12&amp;3</dom0:SubscriptionId></wsa:ReferenceParameters>';
  assert.deepEqual(parametersOf(reply(axis, 'xmlns:dom0="http://www.axis.com/2009/event"')), [
    `<dom0:SubscriptionId xmlns:dom0="http://www.axis.com/2009/event" xmlns:wsa="${WSA}" wsa:IsReferenceParameter="true">12&amp;3</dom0:SubscriptionId>`,
  ]);
});

test('several parameters, nested ones, empty ones and ones with a namespace of their own all come back', () => {
  const inner = '<a:One xmlns:a="urn:a"><a:Two b="c"/></a:One><Three xmlns="urn:t"/><x:Four xmlns:x="urn:x" x:n="1" />';
  const found = parametersOf(reply(`<ReferenceParameters>${inner}</ReferenceParameters>`));
  assert.deepEqual(found, [
    `<a:One xmlns:wsa="${WSA}" wsa:IsReferenceParameter="true" xmlns:a="urn:a"><a:Two b="c"/></a:One>`,
    `<Three xmlns:wsa="${WSA}" wsa:IsReferenceParameter="true" xmlns="urn:t"/>`,
    `<x:Four xmlns:wsa="${WSA}" wsa:IsReferenceParameter="true" xmlns:x="urn:x" x:n="1" />`,
  ]);
});

test('a reply without parameters, or with a broken end, has none', () => {
  assert.deepEqual(parametersOf(reply('')), []);
  assert.deepEqual(parametersOf('<a><SubscriptionReference><ReferenceParameters><x>'), []);
  assert.deepEqual(parametersOf(''), []);
});

test('a hostile reply of a megabyte is walked once', () => {
  for (const piece of ['<', '<a ', '<a>', '</a>', '<a xmlns:b="c"', '"\'']) {
    assert.ok(parametersOf(piece.repeat(300_000)).length === 0);
  }
});

/** Where a subscription may be, for what a camera said, when its event service answers at 192.168.1.9:8000. */
const ADDRESSES: ReadonlyArray<readonly [string | undefined, ...string[]]> = [
  ['http://192.168.1.9:8000/sub?1', 'http://192.168.1.9:8000/sub?1'],
  [
    'http://10.9.9.9:1025/event-1025_1025',
    'http://192.168.1.9:1025/event-1025_1025',
    'http://192.168.1.9:8000/event-1025_1025',
  ],
  ['http://10.9.9.9/sub', 'http://192.168.1.9/sub', 'http://192.168.1.9:8000/sub'],
  ['http://192.168.1.9:8106:8106/sub', 'http://192.168.1.9:8106/sub', 'http://192.168.1.9:8000/sub'],
  ['/sub/7', 'http://192.168.1.9:8000/sub/7'],
  ['https://0.0.0.0:8000/sub', 'http://192.168.1.9:8000/sub'],
  ['http://10.9.9.9:99999/sub', 'http://192.168.1.9:8000/sub'],
  ['', 'http://192.168.1.9:8000/onvif/event'],
  [undefined, 'http://192.168.1.9:8000/onvif/event'],
];

for (const [told, ...expected] of ADDRESSES) {
  test(`a subscription at ${JSON.stringify(told)} is looked for at ${expected.join(' and ')}`, () => {
    const found = likelyAddresses(told, new URL('http://192.168.1.9:8000/onvif/event'));
    assert.deepEqual(
      found.map(({ href }) => href),
      expected,
    );
  });
}

/** What a camera says of its clock and of the end, and after how many seconds we renew. */
const TERMS: ReadonlyArray<readonly [string, string | undefined, string | undefined, number]> = [
  ['ten minutes', '2026-01-01T00:00:00Z', '2026-01-01T00:10:00Z', 480],
  ['a minute, on a clock of 2017', '2017-05-01T00:00:00Z', '2017-05-01T00:01:00Z', 48],
  ['a year', '2017-01-01T00:00:00Z', '2018-01-01T00:00:00Z', 2880],
  ['no zone', '2026-01-01T00:00:00', '2026-01-01T00:10:00', 480],
  ['other zones', '2026-01-01T08:00:00+08:00', '2026-01-01T00:10:00Z', 480],
  ['an end before the beginning', '2026-01-01T00:10:00Z', '2026-01-01T00:00:00Z', 480],
  ['rubbish', '10-05-2025T22:41:27Z', 'soon', 480],
  ['nothing', undefined, undefined, 480],
];

for (const [name, CurrentTime, TerminationTime, seconds] of TERMS) {
  test(`a term of ${name} is renewed after ${seconds} s`, () => {
    assert.equal(Math.round(renewInMs({ CurrentTime, TerminationTime }) / 1000), seconds);
  });
}

test('a time to end at is on the camera’s own clock', () => {
  assert.equal(String(absoluteTerm(new FakeClock('2026-01-02T03:04:05Z'), -3_600_000)), '2026-01-02T02:14:05Z');
});

test('after three failures, or six subscriptions in ten minutes, there is one a minute', async () => {
  const clock = new FakeClock();
  const { signal } = new AbortController();
  const made = async (pace: RecreatePace, spanMs: number): Promise<number> => {
    let count = 0;
    const end = clock.now() + spanMs;
    const life = new AbortController();
    const loop = (async () => {
      while (clock.now() < end && !life.signal.aborted) {
        await pace.turn(life.signal);
        if (clock.now() < end) count++;
        await clock.sleep(1000, life.signal);
      }
    })();
    await clock.advance(spanMs);
    life.abort();
    await loop;
    return count;
  };
  assert.ok((await made(new RecreatePace(clock), 600_000)) <= 6 + 10);
  const failing = new RecreatePace(clock);
  for (let time = 0; time < 3; time++) failing.failed();
  await failing.turn(signal);
  assert.ok((await made(failing, 120_000)) <= 2);
  failing.worked();
  assert.ok((await made(failing, 3000)) >= 1);
});
