import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Channel } from '../../../src/channel/channel.ts';
import { Channels } from '../../../src/channel/channels.ts';
import { lowestFree } from '../../../src/channel/numbering.ts';
import type { Camera, CameraPicture, Live, Recorder } from '../../../src/channel/ports.ts';
import { ViewOnly } from '../../../src/channel/view-only.ts';
import { GatewayError } from '../../../src/runtime/errors.ts';
import { aborted } from '../../../src/runtime/scope.ts';
import { FakeClock } from '../../peers/fake-clock.ts';
import { readableLog } from '../../peers/readable-log.ts';

/** A camera that only counts who watches it. */
class CountedCamera extends ViewOnly implements Camera {
  watching = 0;

  async watch(_: unknown, signal: AbortSignal): Promise<void> {
    this.watching++;
    await aborted(signal);
    this.watching--;
  }

  info(): Promise<CameraPicture> {
    return Promise.reject(new GatewayError('unsupported', 'nobody asks'));
  }
}

function channelWith(number: number) {
  const { log } = readableLog();
  const camera = new CountedCamera(log);
  const live: Live = { push: () => Promise.resolve(), standby: () => Promise.resolve() };
  const recorder: Recorder = { record: () => Promise.resolve(), finish: () => undefined, unfinished: () => undefined };
  const wish = { profile: 'auto', video: 'auto', audio: 'auto' } as const;
  const channel = new Channel({
    settings: { channel: number, standby: false, live: wish, record: { profile: 'auto' } },
    stills: { grab: () => () => Promise.reject(new GatewayError('unsupported', 'nobody asks')) },
    alarms: { raise: () => undefined, upload: () => Promise.resolve() },
    ...{ camera, live, recorder, clock: new FakeClock(), log, onChange: () => undefined },
  });
  return { camera, channel };
}

test('a channel that joins runs at once and ends with the others', async () => {
  const [first, early, late, later] = [0, 1, 2, 3].map(channelWith);
  assert.ok(first && early && late && later);
  const channels = new Channels([first.channel]);
  channels.add(early.channel);
  const life = new AbortController();
  const done = channels.run(life.signal);
  channels.add(late.channel);
  await new Promise(setImmediate);
  channels.add(later.channel);
  await new Promise(setImmediate);
  assert.deepEqual([...channels.states.keys()], [0, 1, 2, 3]);
  const watching = () => [first, early, late, later].map(({ camera }) => camera.watching);
  assert.deepEqual(watching(), [1, 1, 1, 1]);
  life.abort();
  await done;
  assert.deepEqual(watching(), [0, 0, 0, 0]);
});

test('no two channels have one number', () => {
  const channels = new Channels([channelWith(4).channel]);
  assert.throws(() => channels.add(channelWith(4).channel), { kind: 'bad-parameter' });
});

test('the lowest number that nobody has is free', () => {
  assert.deepEqual(
    [[], [0, 1, 3], [1, 2]].map((taken) => lowestFree(new Set(taken))),
    [0, 2, 0],
  );
});
