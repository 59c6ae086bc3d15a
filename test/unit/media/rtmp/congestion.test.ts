import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FlvTag, isKeyFrame, isSequenceHeader } from '../../../../src/media/flv-tag.ts';
import { Congestion } from '../../../../src/media/rtmp/congestion.ts';

const LIMITS = { highBytes: 1000, highMs: 2000, lowBytes: 100, lowMs: 500 };

const TAGS = {
  K: { kind: 'video', timestampMs: 0, body: Buffer.from([0x17, 1, 0, 0, 0]) },
  p: { kind: 'video', timestampMs: 0, body: Buffer.from([0x27, 1, 0, 0, 0]) },
  a: { kind: 'audio', timestampMs: 0, body: Buffer.from([0xaf, 1]) },
  H: { kind: 'video', timestampMs: 0, body: Buffer.from([0x17, 0]) },
  h: { kind: 'audio', timestampMs: 0, body: Buffer.from([0xaf, 0]) },
  S: { kind: 'script', timestampMs: 0, body: Buffer.from([2]) },
} as const satisfies Record<string, FlvTag>;

/** Backlogs: nothing, some (between the marks), too many bytes, waiting too long. */
const BACKLOGS = {
  '0': { bufferedBytes: 0, bufferedMs: 0 },
  '1': { bufferedBytes: 500, bufferedMs: 0 },
  '2': { bufferedBytes: 1000, bufferedMs: 0 },
  '3': { bufferedBytes: 200, bufferedMs: 2000 },
} as const;

/** Tags as they come, the backlog each finds, what goes through, and how many groups were hurt. */
const COURSES: ReadonlyArray<readonly [string, string, string, string, number]> = [
  ['all goes through a free uplink', 'HhSKappaKp', '0000000000', 'HhSKappaKp', 0],
  ['video begins with a key frame, which is no loss', 'ppapKp', '000000', 'aKp', 0],
  ['the rest of a group goes with its first lost frame', 'KpppKp', '002100', 'KpKp', 1],
  ['waiting too long counts like too many bytes', 'KpppKp', '003100', 'KpKp', 1],
  ['a key frame that finds too much still queued is lost with its group', 'KppKpKp', '0211110', 'K', 3],
  ['audio is lost only above the high mark and comes back first', 'KpaapaK', '0222110', 'KaK', 1],
  ['setup always passes', 'KpHhSp', '022222', 'KHhS', 1],
  ['between the marks an unbroken stream goes on', 'KpKp', '0111', 'KpKp', 0],
];

for (const [name, tags, backlogs, through, gops] of COURSES) {
  test(name, () => {
    const congestion = new Congestion(LIMITS);
    const passed = [...tags].filter((letter, n) => {
      const tag = TAGS[letter as keyof typeof TAGS]; // The tables above use no other letters.
      return congestion.admits(tag, BACKLOGS[(backlogs[n] ?? '0') as keyof typeof BACKLOGS]);
    });
    assert.equal(passed.join(''), through);
    assert.equal(congestion.dropped.gops, gops);
  });
}

test('what was left out is counted', () => {
  const congestion = new Congestion(LIMITS);
  congestion.admits(TAGS.K, BACKLOGS[0]);
  for (const tag of [TAGS.p, TAGS.p, TAGS.a]) assert.equal(congestion.admits(tag, BACKLOGS[2]), false);
  assert.deepEqual(congestion.dropped, { tags: 3, bytes: 12, gops: 1 });
  assert.equal(congestion.congested, true);
  assert.equal(congestion.admits(TAGS.K, BACKLOGS[0]), true);
  assert.equal(congestion.congested, false);
});

test('after a new start of the feed video waits for a key frame', () => {
  const congestion = new Congestion(LIMITS);
  congestion.admits(TAGS.K, BACKLOGS[0]);
  congestion.expectKeyFrame();
  assert.deepEqual(
    [TAGS.p, TAGS.K, TAGS.p].map((tag) => congestion.admits(tag, BACKLOGS[0])),
    [false, true, true],
  );
  assert.equal(congestion.dropped.tags, 0);
});

/** After a burst: the backlogs that frames find, by bytes and ms, and which of them go through. */
const AFTER_BURST: ReadonlyArray<readonly [string, ReadonlyArray<readonly [number, number]>, string]> = [
  [
    'what follows a large burst goes through while it goes out',
    [
      [5000, 0],
      [5900, 2500],
      [4000, 9000],
    ],
    'yyy',
  ],
  [
    'more than the burst and the usual backlog is too much',
    [
      [5000, 0],
      [6000, 2500],
      [5000, 0],
    ],
    'ynn',
  ],
  [
    'once the burst has gone out the usual marks count',
    [
      [5000, 0],
      [99, 499],
      [1000, 0],
    ],
    'yyn',
  ],
];

for (const [name, backlogs, through] of AFTER_BURST) {
  test(name, () => {
    const congestion = new Congestion(LIMITS);
    congestion.begunWith([{ ...TAGS.K, body: Buffer.alloc(5000) }]);
    const passed = backlogs.map(([bufferedBytes, bufferedMs]) =>
      congestion.admits(TAGS.p, { bufferedBytes, bufferedMs }) ? 'y' : 'n',
    );
    assert.equal(passed.join(''), through);
  });
}

/** First bytes of a body: is it a key frame, is it a sequence header. */
const KINDS: ReadonlyArray<readonly [string, FlvTag['kind'], string, boolean, boolean]> = [
  ['an AVC key frame', 'video', '1701', true, false],
  ['an AVC frame', 'video', '2701', false, false],
  ['an AVC sequence header', 'video', '1700', false, true],
  ['the end of an AVC sequence', 'video', '1702', false, false],
  ['an enhanced HEVC sequence header', 'video', '9068766331', false, true],
  ['an enhanced HEVC key frame', 'video', '9168766331', true, false],
  ['an enhanced HEVC key frame without composition time', 'video', '9368766331', true, false],
  ['an enhanced HEVC frame', 'video', 'a168766331', false, false],
  ['an older codec has key frames and no headers', 'video', '1200', true, false],
  ['an AAC sequence header', 'audio', 'af00', false, true],
  ['an AAC frame', 'audio', 'af01', false, false],
  ['an MP3 frame', 'audio', '2f00', false, false],
  ['an enhanced audio sequence header', 'audio', '904f707573', false, true],
  ['an empty video tag', 'video', '', false, false],
  ['a script', 'script', '1700', false, false],
];

for (const [name, kind, hex, key, header] of KINDS) {
  test(`${name} is told for what it is`, () => {
    const tag = { kind, timestampMs: 0, body: Buffer.from(hex, 'hex') };
    assert.deepEqual([isKeyFrame(tag), isSequenceHeader(tag)], [key, header]);
  });
}
