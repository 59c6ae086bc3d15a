import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlvTag } from '../../../../src/media/flv-tag.ts';
import { Timeline } from '../../../../src/media/rtmp/timeline.ts';

type Step = readonly ['audio' | 'video' | 'setup' | 'script', number] | 'restart';

const BODIES = { audio: [0xaf, 1, 9], video: [0x27, 1, 9], setup: [0x17, 0, 9], script: [2, 0] } as const;

function tag(kind: 'audio' | 'video' | 'setup' | 'script', timestampMs: number): FlvTag {
  return { kind: kind === 'setup' ? 'video' : kind, timestampMs, body: Buffer.from(BODIES[kind]) };
}

/** What a feed says, and the times at which it goes out. */
const COURSES: ReadonlyArray<readonly [string, readonly Step[], readonly number[]]> = [
  [
    'a publication starts at zero wherever the feed stands',
    [
      ['video', 9000],
      ['audio', 9010],
      ['video', 9040],
    ],
    [0, 10, 40],
  ],
  [
    'a first tag that is followed by an earlier one holds it at zero',
    [
      ['video', 100],
      ['audio', 90],
    ],
    [0, 0],
  ],
  [
    'a feed that starts anew goes on one frame later, audio and video as far apart as before',
    [['video', 0], ['video', 50], ['audio', 60], 'restart', ['video', 7], ['audio', 12], ['video', 57]],
    [0, 50, 60, 110, 115, 160],
  ],
  [
    'after a new start nothing goes below what was sent',
    [['video', 0], ['video', 40], 'restart', ['audio', 500], ['video', 400]],
    [0, 40, 80, 40],
  ],
  [
    'a jump forward of more than five seconds is closed',
    [
      ['video', 0],
      ['video', 40],
      ['video', 9000],
      ['video', 9040],
    ],
    [0, 40, 80, 120],
  ],
  [
    'a pause of less stays a pause',
    [
      ['video', 0],
      ['video', 40],
      ['video', 4040],
    ],
    [0, 40, 4040],
  ],
  [
    'a jump backward is closed too',
    [
      ['video', 100_000],
      ['video', 100_040],
      ['video', 0],
      ['audio', 5],
    ],
    [0, 40, 80, 85],
  ],
  [
    'a source that wraps round after 24.8 days goes on',
    [
      ['video', 2 ** 31 - 40],
      ['video', 0],
      ['video', 40],
    ],
    [0, 40, 80],
  ],
  [
    'small steps backward of the source are kept',
    [
      ['video', 0],
      ['video', 80],
      ['video', 70],
    ],
    [0, 80, 70],
  ],
  [
    'setup goes at the time of the last tag and counts for nothing',
    [
      ['script', 0],
      ['setup', 0],
      ['video', 8000],
      ['video', 8040],
    ],
    [0, 0, 0, 40],
  ],
];

for (const [name, steps, times] of COURSES) {
  test(name, () => {
    const timeline = new Timeline();
    const placed = steps.flatMap(
      (step) => (step === 'restart' ? timeline.restart() : timeline.place(tag(...step))) ?? [],
    );
    assert.deepEqual(
      placed.map(({ timestampMs }) => timestampMs),
      times,
    );
  });
}

test('setup is sent again only when it has changed', () => {
  const timeline = new Timeline();
  const changed: FlvTag = { kind: 'video', timestampMs: 0, body: Buffer.from([0x17, 0, 8]) };
  const sent = [tag('setup', 0), tag('setup', 0), changed, changed, tag('setup', 0)].map(
    (setup) => timeline.place(setup) !== undefined,
  );
  assert.deepEqual(sent, [true, false, true, false, true]);
});
