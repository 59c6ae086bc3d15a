import type {
  AlarmEntry,
  CameraAnswer,
  CamerasAnswer,
  History,
  LogLine,
  Packet,
  SettingsAnswer,
} from '../../../src/admin/api.ts';
import { jsonSchema } from '../../../src/config/schema.ts';
import { ago } from './states.ts';

/** What the fake box answers, route by route. */

export const CAMERA: CameraAnswer = {
  device: { manufacturer: 'Hikvision', model: 'DS-2CD2143', firmware: 'V5.7.3', serial: 'G12345678' },
  host: '192.168.1.10',
  streams: [
    {
      profile: 'Profile_1',
      name: 'mainStream',
      video: 'H.264',
      audio: 'G.711',
      width: 2560,
      height: 1440,
      framesPerSecond: 25,
      bitsPerSecond: 4_096_000,
    },
    { profile: 'Profile_2', name: 'subStream', video: 'H.264', width: 640, height: 360, framesPerSecond: 12 },
  ],
  services: ['media', 'ptz', 'events'],
  ptz: true,
  clockOffsetMs: 340,
};

export const CAMERAS: CamerasAnswer = {
  scanning: false,
  scannedAt: ago(20),
  found: [
    { address: 'http://192.168.1.10/onvif', host: '192.168.1.10', port: 80, name: 'Front door', channel: 0 },
    {
      address: 'http://192.168.1.21/onvif',
      host: '192.168.1.21',
      port: 80,
      endpoint: 'urn:uuid:21',
      name: 'IPC-21',
      hardware: 'DH-IPC-HDW2231',
    },
    { address: 'http://192.168.1.22/onvif', host: '192.168.1.22', port: 80, hardware: 'UNV IPC322' },
  ],
};

export function alarms(channel: number): AlarmEntry[] {
  const spans = [120, 1_900, 4_200, 4_900, 9_800, 22_000, 40_000, 61_000];
  return spans.map((seconds, at) => ({
    id: `a${at}`,
    channel,
    alarm: at % 3 === 1 ? 'tripwire' : 'motion',
    start: ago(seconds),
    ...(at > 0 && { end: ago(seconds - 25) }),
    desc: '',
    picture: at % 4 !== 3,
  }));
}

export function history(): History {
  const wave = (base: number, swing: number) =>
    Array.from({ length: 180 }, (_, at) => (at > 60 && at < 66 ? null : base + swing * Math.sin(at / 9) ** 2));
  return {
    startAt: ago(180 * 60),
    stepSeconds: 60,
    series: [
      { name: 'load', unit: 'none', values: wave(0.3, 0.5) },
      { name: 'cpu', unit: 'percent', values: wave(4, 6) },
      { name: 'memory', unit: 'bytes', values: wave(92_000_000, 6_000_000) },
      { name: 'backlog', unit: 'bytes', values: wave(0, 3_000_000) },
      { name: 'live', unit: 'bits-per-second', values: wave(4_000_000, 2_000_000) },
      { name: 'recording', unit: 'bits-per-second', values: wave(3_900_000, 300_000) },
    ],
  };
}

export const LOG: readonly LogLine[] = (['info', 'info', 'warn', 'error', 'debug'] as const).flatMap((level, at) => [
  {
    id: at * 2,
    at: ago(90 - at),
    level,
    room: 'channel',
    channel: at,
    message: level === 'error' ? 'camera refuses the login' : 'camera is online',
    fields: { host: `192.168.1.${10 + at}` },
  },
  { id: at * 2 + 1, at: ago(80 - at), level: 'info', room: 'ovc', message: 'link up', fields: {} },
]);

export const PACKETS: readonly Packet[] = [
  {
    id: 1,
    at: ago(12),
    direction: 'from-platform',
    kind: 'request',
    method: 'RTMPPublish',
    seq: 7,
    packet: {
      req: 'RTMPPublish',
      seq: 7,
      params: { channel: 0, stream_id: 's1', url: 'rtmp://media.example.com/live/…' },
    },
  },
  {
    id: 2,
    at: ago(12),
    direction: 'to-platform',
    kind: 'answer',
    method: 'RTMPPublish',
    seq: 7,
    afterMs: 140,
    packet: { seq: 7, resp: {} },
  },
  {
    id: 3,
    at: ago(3),
    direction: 'to-platform',
    kind: 'request',
    method: 'Keepalive',
    seq: 12,
    packet: { req: 'Keepalive', seq: 12 },
  },
];

export function settings(): SettingsAnswer {
  return {
    file: '/etc/ovd-gateway/gateway.yaml',
    values: {
      platform: { url: 'wss://ovc.example.com:8443', login_code: 'OVD0001', login_password: { set: true } },
      discovery: {
        enabled: true,
        interval: 60,
        auto_map: false,
        credentials: [{ username: 'admin', password: { set: true } }],
      },
      channels: [
        {
          channel: 0,
          name: 'Front door',
          onvif: { host: '192.168.1.10', username: 'admin', password: { set: true } },
          standby: false,
        },
      ],
      ffmpeg: { path: 'ffmpeg' },
      recording: { spool_max_bytes: 2_147_483_648, spool_max_age: 604_800 },
      web: { listen: '0.0.0.0:8080', password: { set: true } },
      log: { level: 'info' },
    },
    written: { discovery: { interval: 60 } },
    schema: jsonSchema(),
    canUndo: true,
  };
}
