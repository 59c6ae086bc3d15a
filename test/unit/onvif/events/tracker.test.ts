import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm } from '../../../../src/channel/alarm.ts';
import { type AlarmEdge, AlarmTracker } from '../../../../src/onvif/events/tracker.ts';
import { fixture, type MessageFacts, message } from '../../../peers/event-messages.ts';
import { FakeClock } from '../../../peers/fake-clock.ts';

interface Step extends MessageFacts {
  readonly at_ms: number;
  readonly step: 'message' | 'subscribed' | 'lost';
}
interface Sequence {
  readonly name: string;
  readonly why: string;
  readonly steps: readonly Step[];
  readonly until_ms: number;
  readonly edges: ReadonlyArray<{ readonly at_ms: number; readonly alarm: Alarm; readonly state: string }>;
}

/** A tracker that lives on a clock: steps at their times, and ticks whenever one is due. */
class Replay {
  readonly tracker: AlarmTracker;
  readonly edges: AlarmEdge[] = [];
  readonly #clock = new FakeClock();

  constructor(tracker = new AlarmTracker()) {
    this.tracker = tracker;
  }

  async until(ms: number): Promise<void> {
    for (let due = this.tracker.dueMs(); due !== undefined && due <= ms; due = this.tracker.dueMs()) {
      await this.#clock.advance(Math.max(0, due - this.#clock.now()));
      this.edges.push(...this.tracker.tick(this.#clock.now()));
    }
    await this.#clock.advance(ms - this.#clock.now());
  }

  /** Several messages at one time are one reply. */
  async messages(atMs: number, ...facts: readonly MessageFacts[]): Promise<void> {
    await this.until(atMs);
    this.edges.push(...this.tracker.apply(facts.flatMap(message), atMs));
  }

  get told(): string[] {
    return this.edges.map(({ alarm, state, atMs }) => `${atMs} ${alarm} ${state}`);
  }
}

for (const { name, why, steps, until_ms, edges } of fixture<Sequence>('sequences.jsonl')) {
  test(`sequence "${name}": ${why}`, async () => {
    const replay = new Replay();
    for (const step of steps) {
      if (step.step === 'message') await replay.messages(step.at_ms, step);
      else await replay.until(step.at_ms);
      if (step.step === 'subscribed') replay.tracker.subscribed(step.at_ms);
    }
    await replay.until(until_ms);
    assert.deepEqual(
      replay.told,
      edges.map(({ at_ms, alarm, state }) => `${at_ms} ${alarm} ${state}`),
    );
  });
}

const motion = (value: boolean, operation = 'Changed'): MessageFacts => ({
  topic: 'tns1:VideoSource/MotionAlarm',
  operation,
  source: [['Source', '0']],
  data: [['State', String(value)]],
});
const people = (value: boolean): MessageFacts => ({
  topic: 'tns1:RuleEngine/PeopleDetector/People',
  data: [['IsPeople', String(value)]],
});
const input = (value: boolean): MessageFacts => ({
  topic: 'tns1:Device/Trigger/DigitalInput',
  source: [['InputToken', '1']],
  data: [['LogicalState', String(value)]],
});
const rebootAt = (time: string): MessageFacts => ({
  topic: 'tns1:Monitoring/OperatingTime/LastReboot',
  data: [['Status', time]],
});

test('a topic that was once ended by the camera is trusted to be ended again', async () => {
  const replay = new Replay();
  await replay.messages(0, people(true));
  await replay.messages(5000, people(false));
  await replay.messages(10_000, people(true));
  await replay.until(600_000);
  assert.deepEqual(replay.told.slice(2), ['10000 motion start']);
});

test('a topic that twice ran into the failsafe is no longer trusted to end by itself', async () => {
  const replay = new Replay();
  for (const atMs of [0, 1_000_000, 2_000_000]) await replay.messages(atMs, motion(true));
  await replay.until(3_000_000);
  assert.deepEqual(
    replay.edges.filter(({ state }) => state === 'end').map(({ atMs }) => atMs),
    [600_000, 1_600_000, 2_060_000],
  );
});

test('a new start within a second of the end waits for the second, and keeps its own time', async () => {
  const replay = new Replay();
  await replay.messages(1000, motion(true));
  await replay.messages(2000, motion(false));
  await replay.messages(2300, motion(true));
  assert.equal(replay.edges.length, 2);
  await replay.until(3000);
  assert.deepEqual(replay.told[2], '2300 motion start');
});

test('a flicker within a second of the end is not told', async () => {
  const replay = new Replay();
  await replay.messages(1000, motion(true));
  await replay.messages(2000, motion(false));
  await replay.messages(2300, motion(true));
  await replay.messages(2600, motion(false));
  await replay.until(9000);
  assert.equal(replay.edges.length, 2);
});

test('one reply that hands over from one state to the next makes no end and no start', async () => {
  const replay = new Replay();
  await replay.messages(0, motion(true));
  await replay.messages(5000, motion(false), people(true));
  assert.deepEqual(replay.told, ['0 motion start']);
});

test('a lost subscription ends nothing; a camera that is gone for more than 30 s ends all but the inputs', async () => {
  const replay = new Replay();
  await replay.messages(0, motion(true), input(true));
  replay.tracker.offline(10_000);
  await replay.until(39_000);
  assert.equal(replay.edges.length, 2);
  await replay.until(50_000);
  assert.deepEqual(replay.told.slice(2), ['40000 motion end']);
  assert.deepEqual([...replay.tracker.alarms], ['external']);
});

test('a camera that is back within 30 s has kept its states', async () => {
  const replay = new Replay();
  await replay.messages(0, motion(true));
  replay.tracker.offline(10_000);
  await replay.until(20_000);
  replay.tracker.subscribed(20_000);
  await replay.until(60_000);
  assert.deepEqual(replay.told, ['0 motion start']);
});

test('a reboot ends everything but the inputs, whether we ordered it or the camera says so', async () => {
  const ordered = new Replay();
  await ordered.messages(0, motion(true), input(true));
  assert.deepEqual(
    ordered.tracker.rebooted(1000).map(({ alarm, state }) => `${alarm} ${state}`),
    ['motion end'],
  );

  const heard = new Replay();
  await heard.messages(0, rebootAt('2026-01-01T00:00:00Z'));
  await heard.messages(10, motion(true));
  await heard.messages(20, rebootAt('2026-01-01T00:00:00Z'));
  assert.equal(heard.edges.length, 1);
  await heard.messages(30, rebootAt('2026-01-02T00:00:00Z'));
  assert.deepEqual(heard.told.slice(1), ['30 motion end']);
});

test('what was on at the subscription is marked so, and is no alarm where the installer says so', async () => {
  const marked = new Replay();
  marked.tracker.subscribed(0);
  await marked.messages(100, motion(true, 'Initialized'));
  assert.equal(marked.edges[0]?.initial, true);

  const silent = new Replay(new AlarmTracker({ startOnInitialized: false }));
  silent.tracker.subscribed(0);
  await silent.messages(100, motion(true, 'Initialized'));
  assert.deepEqual(silent.told, []);
  await silent.messages(9000, motion(true, 'Initialized'));
  assert.deepEqual(silent.told, ['9000 motion start']);
});

test('the words for a person name what is special and the installer’s own name for the rule', async () => {
  const replay = new Replay();
  await replay.messages(0, motion(true), people(true));
  assert.equal(replay.edges[0]?.desc, 'person');
  await replay.messages(1, {
    topic: 'tns1:RuleEngine/LineDetector/Crossed',
    source: [['Rule', 'Back gate']],
    data: [['ObjectId', '3']],
  });
  assert.equal(replay.edges[1]?.desc, 'line crossing (Back gate)');
});

test('a camera that invents ever new objects does not fill the memory', async () => {
  const replay = new Replay();
  const field = (id: number): MessageFacts => ({
    topic: 'tns1:RuleEngine/FieldDetector/ObjectsInside',
    key: [['ObjectId', String(id)]],
    data: [['IsInside', 'true']],
  });
  for (let id = 0; id < 1500; id++) await replay.tracker.apply(message(field(id)), 0);
  for (let id = 0; id < 500; id++) await replay.messages(1, { topic: `tns1:Made/Up${id}`, data: [['State', '1']] });
  assert.equal(replay.tracker.unknownTopics.size, 200);
  await replay.messages(2, ...Array.from({ length: 500 }, (_, id) => ({ ...field(id), operation: 'Deleted' })));
  assert.deepEqual([...replay.tracker.alarms], []);
});
