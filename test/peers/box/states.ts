import type { ChannelStatus, SiteStatus, Trouble } from '../../../src/admin/api.ts';

/** States of a box that no real one gets into within a test: every trouble, and hours of history. */

export const ago = (seconds: number): string => new Date(Date.now() - seconds * 1_000).toISOString();

export function trouble(kind: Trouble['kind'], advice: Trouble['advice'], why: string): Trouble {
  return { kind, since: ago(780), why, nextTryAt: ago(-25), advice };
}

export function channel(number: number, name: string, more: Partial<ChannelStatus> = {}): ChannelStatus {
  const device = { manufacturer: 'Hikvision', model: 'DS-2CD2143', firmware: 'V5.7.3', serial: 'G12345678' };
  return {
    channel: number,
    name,
    protocol: 'onvif',
    discovered: false,
    camera: { presence: 'online', since: ago(86_000), host: `192.168.1.${10 + number}`, device, clockOffsetMs: 340 },
    alarms: [],
    trouble: [],
    notes: [],
    events: { mode: 'pull', lastHeardAt: ago(40), silent: false },
    ...more,
  };
}

const stream = {
  profile: 'main',
  video: 'H.264',
  audio: 'AAC',
  width: 2560,
  height: 1440,
  framesPerSecond: 25,
  bitsPerSecond: 4_150_000,
  keyFrameIntervalMs: 2_000,
  restarts: 1,
  droppedGops: 0,
  transcoding: false,
};
const live = { streamId: 's1', host: 'media.example.com', since: ago(320), live: true, bitsPerSecond: 4_150_000 };
const segments = { sent: 412, waiting: 1, spooled: 0, lost: 0 };
const recording = { sessionId: 'r1', since: ago(9_000), flowing: true, bitsPerSecond: 2_080_000, segments };

const CHANNELS: readonly ChannelStatus[] = [
  channel(0, 'Front door', { live, recording, stream, alarms: ['motion'] }),
  channel(1, 'Yard', { recording, discovered: true, notes: ['discovered'] }),
  channel(2, 'Loading ramp', {
    notes: ['transcoding'],
    live: { ...live, bitsPerSecond: 1_400_000 },
    stream: { ...stream, video: 'H.265', transcoding: true, encoder: 'libx264' },
  }),
  channel(3, 'Gate, old camera', {
    camera: { presence: 'offline', since: ago(780), host: '192.168.1.13' },
    trouble: [trouble('camera-unreachable', 'check-camera-power-and-network', 'connect EHOSTUNREACH 192.168.1.13:80')],
  }),
  channel(4, 'Warehouse', {
    camera: { presence: 'offline', since: ago(780), host: '192.168.1.14' },
    trouble: [trouble('camera-unauthorized', 'set-camera-login', 'camera refuses the login')],
  }),
  channel(5, 'Car park', { protocol: 'rtsp', notes: ['no-events'] }),
];

export function siteStatus(more: Partial<SiteStatus> = {}): SiteStatus {
  return {
    version: '1.0.0',
    startedAt: ago(86_400),
    state: 'running',
    time: { now: ago(0), trusted: true, by: 'ntp' },
    link: {
      state: 'up',
      host: 'ovc.example.com',
      loginCode: 'OVD0001',
      since: ago(7_300),
      keepalive: { answeredAt: ago(3), roundTripMs: 18 },
      reconnects: 2,
    },
    channels: [...CHANNELS],
    box: {
      load: [0.42, 0.51, 0.48],
      cores: 4,
      cpuPercent: 6.5,
      memory: { processBytes: 96_000_000, freeBytes: 2_900_000_000, totalBytes: 3_980_000_000 },
      network: [
        { name: 'eth0', addresses: ['192.168.1.5', 'fe80::1'] },
        { name: 'wlan0', addresses: [] },
      ],
      temperature: 51.5,
      throttled: [],
      disk: { freeBytes: 21_000_000_000, totalBytes: 31_000_000_000 },
      uptimeSeconds: 186_400,
    },
    backlog: { segments: 0, bytes: 0, alarms: 0 },
    prerecord: { segments: 0, bytes: 0 },
    faults: [],
    configuration: { file: '/etc/ovd-gateway/gateway.yaml', faults: [], canUndo: true, offerUndo: false },
    ...more,
  };
}
