import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { CameraState, ChannelState } from '../../../src/channel/state.ts';
import { INITIAL } from '../../../src/channel/state.ts';
import { channelReport, type Heartbeat, Keepalive, type OvdReport } from '../../../src/ovc/keepalive.ts';
import { REQUESTS } from '../../../src/ovc/protocol.ts';
import { GatewayError } from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../peers/fake-clock.ts';
import { readableLog } from '../../peers/readable-log.ts';

const since = new Date(0);
const online: CameraState = {
  presence: 'online',
  since,
  sight: { streams: [], device: undefined, clockOffsetMs: undefined },
};
const offline: CameraState = { presence: 'offline', since, why: new Error('gone') };

const REPORTS: ReadonlyArray<readonly [name: string, state: Partial<ChannelState>, report: object]> = [
  ['not looked at yet', {}, { state: 0 }],
  ['offline', { camera: offline }, { state: 0 }],
  ['online', { camera: online }, { state: 1 }],
  ['live', { camera: online, publish: { streamId: 's', live: true } }, { state: 2, stream_id: 's' }],
  ['ordered to be live, but not yet', { camera: online, publish: { streamId: 's', live: false } }, { state: 1 }],
  [
    'to be live again when its camera is back',
    { camera: offline, publish: { streamId: 's', live: false } },
    { state: 0 },
  ],
  [
    'live from a camera that no longer answers',
    { camera: offline, publish: { streamId: 's', live: true } },
    { state: 2, stream_id: 's' },
  ],
  ['recording', { camera: online, recording: { sessionId: 'r', flowing: true } }, { state: 1, record_session: 'r' }],
  ['alarmed by motion', { camera: online, alarms: new Set(['motion']) }, { state: 1, alarm: 8 }],
  [
    'alarmed by everything',
    { camera: online, alarms: new Set(['external', 'motion', 'tripwire', 'crying', 'face', 'sound']) },
    { state: 1, alarm: 0b1111_1100 },
  ],
];

for (const [name, state, report] of REPORTS) {
  test(`a channel that is ${name} is told as such`, () => {
    const told = channelReport(4, { ...INITIAL, ...state });
    assert.deepEqual(told, { channel: 4, ...report });
    assert.ok(REQUESTS.Keepalive.params.safeParse({ state: 1, channels: [told] }).success);
  });
}

/** A keepalive under way against an OVC that answers when told to; `at` lists the times of sending. */
function keepalive(t: TestContext, { answering = true } = {}) {
  const clock = new FakeClock();
  const end = new AbortController();
  const { log, lines } = readableLog();
  const at: number[] = [];
  const owed: Array<{ resolve(resp: unknown): void; reject(err: Error): void }> = [];
  const heartbeats: Heartbeat[] = [];
  const world: { answering: boolean; report: OvdReport } = {
    answering,
    report: { state: 'online', channels: new Map() },
  };
  const send = (): Promise<unknown> => {
    at.push(clock.now());
    if (world.answering) return Promise.resolve({});
    return new Promise((resolve, reject) => owed.push({ resolve, reject }));
  };
  const answered = (heartbeat: Heartbeat): void => {
    heartbeats.push(heartbeat);
  };
  const subject = new Keepalive({ send, report: () => world.report, answered, clock, log });
  const running = subject.run(end.signal);
  t.after(() => {
    end.abort();
    return running;
  });
  let streams = 0;
  /** A change that the OVC can see. */
  const change = (): void => {
    const publish = { streamId: `s${++streams}`, live: true };
    world.report = { state: 'online', channels: new Map([[0, { ...INITIAL, publish }]]) };
    subject.changed();
  };
  return { clock, at, owed, heartbeats, world, subject, change, lines, end, running };
}

test('the first keepalive goes out at once, the others every 10 s', async (t) => {
  const { clock, at } = keepalive(t);
  await clock.advance(30_000);
  assert.deepEqual(at, [0, 10_000, 20_000, 30_000]);
});

test('a change is told at once when the last keepalive is older than a second', async (t) => {
  const { clock, at, change } = keepalive(t);
  await clock.advance(3_000);
  change();
  await clock.advance(12_000);
  assert.deepEqual(at, [0, 3_000, 13_000]);
});

test('many changes within a second are told once', async (t) => {
  const { clock, at, change } = keepalive(t);
  await clock.advance(3_000);
  for (let n = 0; n < 20; n++) {
    change();
    await clock.advance(100);
  }
  await clock.advance(5_000);
  assert.deepEqual(at, [0, 3_000, 4_000, 5_000]);
});

test('a change that the OVC cannot see, or that is taken back in time, is not told', async (t) => {
  const { clock, at, subject, world, change } = keepalive(t);
  await clock.advance(3_000);
  subject.changed();
  await clock.advance(2_000);
  const { report } = world;
  change();
  world.report = report;
  await clock.advance(6_000);
  assert.deepEqual(at, [0, 10_000]);
});

test('an OVC that does not answer gets the regular keepalives and one for a change, not one for each', async (t) => {
  const { clock, at, change, owed } = keepalive(t, { answering: false });
  for (const ms of [2_000, 3_000, 3_000, 4_000]) {
    await clock.advance(ms);
    change();
  }
  assert.deepEqual(at, [0, 2_000, 12_000]);
  for (const { resolve } of owed) resolve({});
  await clock.advance(2_000);
  assert.deepEqual(at, [0, 2_000, 12_000, 13_000]);
});

test('an answer is kept with its time and its round trip', async (t) => {
  const { clock, heartbeats, owed } = keepalive(t, { answering: false });
  await clock.advance(250);
  owed[0]?.resolve({});
  await clock.advance(0);
  assert.deepEqual(heartbeats, [{ answeredAt: new Date('2026-01-02T03:04:05.250Z'), roundTripMs: 250 }]);
});

test('a refused keepalive is logged and the next one goes out all the same', async (t) => {
  const { clock, at, owed, lines } = keepalive(t, { answering: false });
  await clock.advance(0);
  owed[0]?.reject(new GatewayError('refused', 'the OVC refused', { reason: 'no' }));
  await clock.advance(10_000);
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ['the OVC refused a keepalive'],
  );
  assert.equal(at.length, 2);
});

test('with its signal the keepalive ends and leaves no timer behind', async (t) => {
  const { clock, end, running } = keepalive(t);
  await clock.advance(5_000);
  end.abort();
  await running;
  assert.equal(clock.sleeping, 0);
});
