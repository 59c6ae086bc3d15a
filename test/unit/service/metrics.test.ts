import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SiteStatus } from '../../../src/admin/api.ts';
import { metricsText } from '../../../src/service/status/metrics/metrics.ts';
import { RunningTotals } from '../../../src/service/status/metrics/running-totals.ts';
import { SegmentCounts } from '../../../src/service/status/metrics/segment-counts.ts';

const NOW = '2026-05-01T12:00:00.000Z';

/** A site of which there is something to be said everywhere. */
const STATUS: SiteStatus = {
  ...{ version: '1.2.3', startedAt: NOW, state: 'running', faults: [] },
  time: { now: NOW, trusted: true, by: 'ntp' },
  link: { state: 'up', reconnects: 2, keepalive: { answeredAt: NOW, roundTripMs: 20 } },
  channels: [
    {
      ...{ channel: 3, name: 'The "door"', protocol: 'onvif', discovered: false, alarms: [], trouble: [], notes: [] },
      camera: { presence: 'online' },
      stream: {
        ...{ profile: 'main', video: 'H264', bitsPerSecond: 2e6, keyFrameIntervalMs: 2_000 },
        ...{ restarts: 1, droppedGops: 0, transcoding: false },
      },
      events: { mode: 'pull', silent: false, lastHeardAt: NOW },
    },
  ],
  box: {
    ...{ load: [0.5, 0, 0], cores: 4, cpuPercent: 1, network: [], uptimeSeconds: 1, temperature: 50 },
    memory: { processBytes: 1, freeBytes: 2, totalBytes: 3 },
    disk: { freeBytes: 1, totalBytes: 2 },
    throttled: ['under-voltage-earlier'],
  },
  ...{ backlog: { segments: 1, bytes: 2, alarms: 3 }, prerecord: { segments: 4, bytes: 5 } },
  configuration: { file: 'a.yaml', faults: [], canUndo: false, offerUndo: false },
};

function counted(segments: SegmentCounts, status = STATUS) {
  const numbers = new Set([...status.channels.map(({ channel }) => channel), ...segments.channels]);
  const of = (channel: number) => ({ segments: segments.of(channel), spooled: 0, restarts: 4, droppedGops: 5 });
  return {
    reconnects: 2,
    alarms: [{ channel: 3, alarm: 'motion', count: 2 }],
    channels: new Map([...numbers].map((channel) => [channel, of(channel)])),
  };
}

function linesOf(segments = new SegmentCounts(), status = STATUS): string[] {
  return metricsText(status, counted(segments, status)).trimEnd().split('\n');
}

test('metrics are what Prometheus reads: help, type and samples, labels escaped', () => {
  const segments = new SegmentCounts();
  for (const tookMs of [50, 300, 70_000]) segments.eventsOf(3).delivered(tookMs);
  const lines = linesOf(segments);
  for (const line of lines) assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? -?[\d.e+-]+)$/, line);
  for (const line of [
    'ovd_build_info{version="1.2.3"} 1',
    'ovd_link_up 1',
    'ovd_link_reconnects_total 2',
    'ovd_channel_online{channel="3",name="The \\"door\\""} 1',
    'ovd_channel_alarms_total{channel="3",alarm="motion"} 2',
    'ovd_channel_segments_sent_total{channel="3",name="The \\"door\\""} 3',
    'ovd_channel_upload_seconds_bucket{channel="3",name="The \\"door\\"",le="0.5"} 2',
    'ovd_channel_upload_seconds_bucket{channel="3",name="The \\"door\\"",le="+Inf"} 3',
    'ovd_channel_upload_seconds_sum{channel="3",name="The \\"door\\""} 70.35',
  ]) {
    assert.ok(lines.includes(line), line);
  }
});

/** Each figure as it is declared, with its samples. */
function declared() {
  const figures = metricsText(STATUS, counted(new SegmentCounts()))
    .split(/^# HELP /m)
    .slice(1);
  return figures.map((figure) => {
    const [head = '', type = '', ...samples] = figure.trimEnd().split('\n');
    const [name = '', ...help] = head.split(' ');
    return { name, help: help.join(' '), type: type.replace(`# TYPE ${name} `, ''), samples };
  });
}

for (const { name, help, type, samples } of declared()) {
  test(`${name} is named, explained and told as Prometheus' conventions want it`, () => {
    assert.match(name, /^(ovd|process|nodejs)(_[a-z][a-z0-9]*)+$/);
    assert.ok(['gauge', 'counter', 'histogram'].includes(type), type);
    assert.equal(name.endsWith('_total'), type === 'counter', 'a counter ends in _total, and nothing else does');
    assert.doesNotMatch(
      name,
      /_(ms|milliseconds|minutes|hours|kb|mb|percent|count|sum|bucket)$/,
      'seconds, bytes, ratios',
    );
    const isMoment = /\bWhen\b|Unix|start/i.test(help) && type === 'gauge' && name.endsWith('_seconds');
    if (isMoment) assert.match(name, /_timestamp_seconds$|^process_start_time_seconds$/);
    assert.match(help, /^[A-Z0-9].*\.$/, 'a sentence');
    for (const sample of samples) assert.match(sample, new RegExp(`^${name}(_bucket|_sum|_count)?[ {]`));
  });
}

test('no figure is told twice', () => {
  const names = declared().map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});

test('the dashboard asks for nothing that is not told', () => {
  const dashboard = readFileSync(join(import.meta.dirname, '../../../config/grafana-dashboard.json'), 'utf8');
  const told = new Set(declared().flatMap(({ name }) => [name, `${name}_bucket`]));
  const asked = dashboard.match(/\b(ovd|process|nodejs)_\w+/g) ?? [];
  assert.ok(asked.length > 10);
  for (const name of asked) assert.ok(told.has(name), `${name} is not told`);
});

test('segments are counted for a channel whatever became of their session, also when nothing is recorded any more', () => {
  const segments = new SegmentCounts();
  segments.eventsOf(7).delivered(100);
  segments.eventsOf(7).lost(2);
  segments.eventsOf(7).lost(1);
  const lines = linesOf(segments);
  assert.ok(lines.includes('ovd_channel_segments_sent_total{channel="3",name="The \\"door\\""} 0'));
  assert.ok(lines.includes('ovd_channel_segments_sent_total{channel="7",name=""} 1'));
  assert.ok(lines.includes('ovd_channel_segments_lost_total{channel="7",name=""} 3'));
});

for (const [throttled, now, sinceBoot] of [
  [[], 0, 0],
  [['under-voltage-earlier'], 0, 1],
  [['under-voltage', 'throttled-earlier'], 1, 1],
] as const) {
  test(`a board that says ${JSON.stringify(throttled)} complains ${now ? 'now' : 'no more'}`, () => {
    const lines = linesOf(undefined, { ...STATUS, box: { ...STATUS.box, throttled: [...throttled] } });
    assert.ok(lines.includes(`ovd_box_throttled ${now}`));
    assert.ok(lines.includes(`ovd_box_throttled_since_boot ${sinceBoot}`));
  });
}

test('a total goes on where what is counted begins anew, and counts nothing twice that was only out of sight', () => {
  const totals = new RunningTotals();
  const seen = [1, 3, undefined, 3, 4, 0, 2].map((counts) => totals.look('restarts', 'main', counts));
  assert.deepEqual(seen, [1, 3, 3, 3, 4, 4, 6]);
  assert.equal(totals.look('restarts', 'sub', 5), 11);
  assert.equal(totals.look('restarts', 'main', 2), 11);
});
