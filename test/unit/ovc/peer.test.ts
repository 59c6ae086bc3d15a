import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Service } from '../../../src/ovc/peer.ts';
import { Peer } from '../../../src/ovc/peer.ts';
import { type GatewayError, isKind } from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../peers/fake-clock.ts';
import { readableLog } from '../../peers/readable-log.ts';

interface Work {
  readonly method: string;
  finish(answer: Answer): void;
}

/** A peer whose other side is the test: what it sends, what it was asked, and why it broke. */
function peer() {
  const clock = new FakeClock();
  const { log, lines } = readableLog();
  const sent: Array<Record<string, unknown>> = [];
  const begun: Work[] = [];
  const events: string[] = [];
  const faults: GatewayError[] = [];
  const service: Service = {
    request: (method) => new Promise((finish) => begun.push({ method, finish })),
    event: (method) => events.push(method),
  };
  const broken = (err: GatewayError): void => {
    faults.push(err);
  };
  const subject = new Peer({ send: (text) => sent.push(JSON.parse(text)), service, broken, clock, log });
  const receive = (packet: object): void => subject.receive(JSON.stringify(packet));
  return { clock, lines, sent, begun, events, faults, subject, receive };
}

test('our requests are numbered from 1 and sent without waiting for each other', () => {
  const { subject, sent } = peer();
  void subject.call('Keepalive', { state: 1 });
  void subject.call('GetServerInfo', {});
  assert.deepEqual(sent, [
    { req: 'Keepalive', params: { state: 1 }, seq: 1 },
    { req: 'GetServerInfo', seq: 2 },
  ]);
});

test('answers reach those who asked, in the order of asking', async () => {
  const { subject, receive } = peer();
  const answers = [subject.call('A'), subject.call('B'), subject.call('C')];
  receive({ seq: 1, resp: 'a' });
  receive({ seq: 2, resp: '' });
  receive({ seq: 3, err: { code: 12, msg: 'no such bind_id' } });
  assert.deepEqual(await Promise.all(answers.slice(0, 2)), ['a', '']);
  await assert.rejects(
    answers[2] ?? Promise.resolve(),
    (err) => isKind(err, 'refused') && err.sentence === 'the OVC refused: no such bind_id' && err.fields['code'] === 12,
  );
});

const UNEXPECTED: ReadonlyArray<readonly [name: string, seqs: readonly number[]]> = [
  ['that answers the younger of two requests', [2]],
  ['that nobody waits for', [3]],
  ['that came already', [1, 1]],
  ['of zero', [0]],
];

for (const [name, seqs] of UNEXPECTED) {
  test(`a response ${name} breaks the conversation`, () => {
    const { subject, receive } = peer();
    void subject.call('A');
    void subject.call('B');
    assert.throws(
      () => {
        for (const seq of seqs) receive({ seq, resp: {} });
      },
      (err) => isKind(err, 'protocol-broken') && err.fields['seq'] === seqs.at(-1),
    );
  });
}

test('a request without an answer for 20 s breaks the conversation', async () => {
  const { subject, clock, faults } = peer();
  const lost = assert.rejects(subject.call('A'), (err) => isKind(err, 'timed-out'));
  await clock.advance(19_999);
  assert.equal(faults.length, 0);
  await clock.advance(1);
  await lost;
  assert.deepEqual(
    faults.map(({ kind, fields }) => [kind, fields['method'], fields['seq']]),
    [['timed-out', 'A', 1]],
  );
});

test('an answer within 20 s leaves no timer behind', async () => {
  const { subject, clock, faults, receive } = peer();
  const answer = subject.call('A');
  await clock.advance(19_999);
  receive({ seq: 1, resp: {} });
  await answer;
  await clock.advance(60_000);
  assert.deepEqual([faults.length, clock.sleeping], [0, 0]);
});

test('requests are begun at once and answered in the order in which they came', async () => {
  const { begun, sent, receive, clock } = peer();
  for (const seq of [1, 2, 3]) receive({ req: `M${seq}`, seq });
  assert.deepEqual(
    begun.map(({ method }) => method),
    ['M1', 'M2', 'M3'],
  );
  begun[2]?.finish({ resp: 3 });
  begun[1]?.finish({ err: { code: 103, msg: 'no' } });
  await clock.advance(0);
  assert.deepEqual(sent, []);
  begun[0]?.finish({ resp: {} });
  await clock.advance(0);
  assert.deepEqual(sent, [
    { seq: 1, resp: {} },
    { seq: 2, err: { code: 103, msg: 'no' } },
    { seq: 3, resp: 3 },
  ]);
});

test('our own requests do not wait for the answers we owe', () => {
  const { subject, receive, sent } = peer();
  receive({ req: 'slow', seq: 1 });
  void subject.call('Keepalive');
  assert.deepEqual(sent, [{ req: 'Keepalive', seq: 1 }]);
});

test('a repeated or jumping seq of the OVC is answered as it came, and logged', async () => {
  const { begun, receive, sent, clock, lines } = peer();
  for (const seq of [5, 6, 6, 9, 10]) receive({ req: 'M', seq });
  for (const { finish } of begun) finish({ resp: {} });
  await clock.advance(0);
  assert.deepEqual(
    sent.map(({ seq }) => seq),
    [5, 6, 6, 9, 10],
  );
  assert.deepEqual(
    lines.map((line) => [line['seq'], line['expected_seq']]),
    [
      [6, 7],
      [9, 7],
    ],
  );
});

test('an event is passed on and never answered', async () => {
  const { receive, events, sent, clock } = peer();
  receive({ event: 'CtrlPTZ', params: {} });
  await clock.advance(0);
  assert.deepEqual([events, sent], [['CtrlPTZ'], []]);
});

test('when the connection is gone nobody waits for an answer, and nothing is sent', async () => {
  const { subject, begun, receive, sent, clock } = peer();
  receive({ req: 'slow', seq: 1 });
  const waiting = subject.call('A');
  subject.close();
  await assert.rejects(waiting, (err) => isKind(err, 'link-lost'));
  await assert.rejects(subject.call('B'), (err) => isKind(err, 'link-lost'));
  begun[0]?.finish({ resp: {} });
  await clock.advance(30_000);
  assert.deepEqual([sent.length, clock.sleeping], [1, 0]);
});
