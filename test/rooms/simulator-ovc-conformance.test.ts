import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { conform } from '../../src/commands/conform.ts';
import { RULES } from '../../src/simulator/ovc/conformance/rules.ts';
import type { TourReport } from '../../src/simulator/ovc/conformance/tour-report.ts';
import type { TourWish } from '../../src/simulator/ovc/conformance/tours.ts';
import { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { hastyClock } from '../peers/lan.ts';
import { readableLog } from '../peers/readable-log.ts';
import { type Wrong, WrongDevice } from '../peers/wrong-device.ts';

const CODE = 'OVD1';
/** Fast enough for the suite, and slow enough for a machine that has much else to do. */
const TIMES = 5;

async function withDevice(t: TestContext, wrong: readonly Wrong[]): Promise<OvcSimulator> {
  const clock = hastyClock(TIMES);
  const ovc = await OvcSimulator.listen({ accounts: 'any', log: readableLog().log, clock });
  const stop = new AbortController();
  const running = new WrongDevice({ url: ovc.url, wrong, clock, signal: stop.signal }).run();
  t.after(async () => {
    stop.abort();
    await running;
    await ovc.close();
  });
  await ovc.waitFor(() => (ovc.devices.get(CODE)?.report.keepalives ?? 0) > 0);
  return ovc;
}

const failed = ({ rules }: TourReport): string[] =>
  rules.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);

/** What a device does wrong, the rules that it is tried on (all, when nothing is said), and those that must find out. */
const DEVICES: ReadonlyArray<readonly [readonly Wrong[], TourWish, readonly string[]]> = [
  [[], {}, []],
  [
    ['no models', 'answers events'],
    { quick: true },
    ['unknown-event', 'event-unanswered', 'event-bad', 'login-models', 'answers-asked'],
  ],
  [['counts by two'], {}, ['seq-counts']],
  [
    ['publishes nothing', 'raises alarms twice'],
    { quick: true },
    [
      ...['publish', 'publish-told', 'publish-again', 'publish-replaced', 'publish-resumed', 'publish-limit'],
      ...['publish-refused', 'publish-stop', 'alarm-edges', 'alarm-picture'],
    ],
  ],
  [['slow keepalive'], { only: ['keepalive-first', 'keepalive-period'] }, ['keepalive-period']],
  [
    ['lets malformed packets pass', 'lets foreign answers pass', 'waits for ever'],
    {},
    ['malformed-json', 'malformed-kind', 'malformed-binary', 'foreign-seq', 'time-out'],
  ],
  [
    ['answers malformed packets'],
    { only: ['malformed-json', 'malformed-kind', 'malformed-binary', 'answers-asked'] },
    ['malformed-json', 'malformed-kind', 'malformed-binary', 'answers-asked'],
  ],
  [['tells states nobody knows'], { quick: true }, ['keepalive-content', 'requests-known']],
  [['answers in reverse'], { quick: true }, ['answer-order', 'answers-asked']],
  [
    ['knows every method'],
    { quick: true },
    [...['unknown-method', 'extra-fields', 'unknown-channel', 'bad-parameter', 'query-time'], 'publish-address'],
  ],
  [['takes its time to return'], { only: ['reconnects'] }, ['reconnects']],
];

test('a tour finds what a device does wrong, and nothing else', { concurrency: DEVICES.length }, async (t) => {
  await Promise.all(
    DEVICES.map(([wrong, wish, expected]) =>
      t.test(`a device that ${wrong.join(', ') || 'does nothing wrong'}`, async (t) => {
        const ovc = await withDevice(t, wrong);
        const report = await ovc.tours.begin(CODE, wish);
        assert.deepEqual(failed(report), expected, JSON.stringify(report.rules, null, 1));
        assert.ok(!report.running && report.rules.every(({ outcome }) => outcome !== 'waiting'));
      }),
    ),
  );
});

test('the command line tries the first device that comes, prints a line for each rule and ends with 0 or 1', async (t) => {
  const tried = { rules: 'unknown-method,answer-order,preset-list' };
  for (const [wrong, code, unknown] of [
    [[], 0, /^pass {2}unknown-method +§2 +err 101/],
    [['knows every method'], 1, /^FAIL {2}unknown-method/],
  ] as const) {
    const printed: string[] = [];
    const guests = { signal: new AbortController().signal, print: (line: string) => void printed.push(line) };
    assert.equal(await conform(await withDevice(t, wrong), tried, guests), code);
    assert.match(printed[1] ?? '', unknown);
    assert.match(printed.at(-1) ?? '', /^OVD1: [12] passed, [01] failed, 1 not applicable$/);
  }
  const guests = { signal: new AbortController().signal, print: () => undefined };
  await assert.rejects(conform(await withDevice(t, []), { rules: 'nonsense' }, guests), /no such rule: nonsense/);
});

test('every rule has a name of its own, and says where it stands in the contract', () => {
  assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length);
  for (const { section, says, tried } of RULES) assert.ok(/^[1-5]( \w+)?$/.test(section) && says && tried);
});

test('a tour is refused for a device that is not there, for a rule that is none, and beside another one', async (t) => {
  const ovc = await withDevice(t, []);
  assert.throws(() => ovc.tours.begin('nobody'), { kind: 'link-lost' });
  assert.throws(() => ovc.tours.begin(CODE, { only: ['nonsense'] }), { kind: 'bad-parameter' });
  const tour = ovc.tours.begin(CODE);
  assert.throws(() => ovc.tours.begin(CODE), { kind: 'bad-parameter' });
  ovc.tours.stop(CODE);
  const { running, rules } = await tour;
  assert.equal(running, false);
  assert.ok(rules.some(({ outcome }) => outcome === 'waiting'));
});
