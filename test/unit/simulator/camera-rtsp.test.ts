import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { Secret } from '../../../src/runtime/secret.ts';
import { HttpDigest } from '../../../src/simulator/camera/http-digest.ts';
import { Mount } from '../../../src/simulator/camera/rtsp-mount.ts';
import { type RtspItem, RtspParser } from '../../../src/simulator/camera/rtsp-parser.ts';
import { runRtspServer } from '../../../src/simulator/camera/rtsp-server.ts';
import { readableLog } from '../../peers/readable-log.ts';

const SDP = 'v=0\r\nm=video 0 RTP/AVP 96\r\na=control:streamid=0\r\nm=audio 0 RTP/AVP 0\r\na=control:streamid=1\r\n';
const BASIC = `Authorization: Basic ${Buffer.from('admin:secret').toString('base64')}\r\n`;

interface Ending {
  after(close: () => Promise<void>): void;
}

/** A server with one mount, and connections to it that speak raw RTSP. */
async function serving(t: Ending) {
  const stop = new AbortController();
  const mount = new Mount({
    path: '/live',
    codec: 'H264',
    mood: () => ({ stalls: false, drops: false, joinsMidGop: false }),
    onPublished: () => undefined,
  });
  const digest = new HttpDigest({ username: 'admin', password: new Secret('secret') });
  const style = { scheme: 'Digest', algorithms: [], qop: undefined, basic: true } as const;
  const login = () => ({ digest, style, refusesAll: false });
  const at = { host: '127.0.0.1', port: 0 };
  const parts = { at, mounts: [mount], login, sessionTimeoutSeconds: 17, log: readableLog().log };
  let ended = Promise.resolve();
  const port = await new Promise<number>((ready) => {
    ended = runRtspServer(parts, stop.signal, ready);
  });
  t.after(() => {
    stop.abort();
    return ended;
  });
  const speak = async (...requests: readonly string[]): Promise<{ socket: Socket; answers: string[] }> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    const answers: string[] = [];
    for (const request of requests) {
      socket.write(request);
      answers.push(String((await once(socket, 'data'))[0]));
    }
    return { socket, answers };
  };
  return { mount, speak };
}

function ask(method: string, path: string, headers = '', body = ''): string {
  const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`;
  return `${method} rtsp://127.0.0.1${path} RTSP/1.0\r\nCSeq: 1\r\n${headers}${length}\r\n${body}`;
}

function setUp(path: string, channels: string, more = ''): string {
  return ask('SETUP', path, `Transport: RTP/AVP/TCP;unicast;interleaved=${channels}\r\n${more}`);
}

function frame(channel: number, timestamp: number, bytes = 1_000): Buffer {
  const packet = Buffer.alloc(4 + bytes);
  packet.write('$');
  packet.writeUInt8(channel, 1);
  packet.writeUInt16BE(bytes, 2);
  packet.writeUInt32BE(timestamp, 8);
  return packet;
}

function publishing({ publishPath: path }: Mount): string[] {
  const tracks = [setUp(`${path}/streamid=0`, '0-1'), setUp(`${path}/streamid=1`, '2-3')];
  return [ask('ANNOUNCE', path, '', SDP), ...tracks, ask('RECORD', path)];
}

const PLAYING = [ask('DESCRIBE', '/live', BASIC), setUp('/live/streamid=1', '6-7', BASIC), ask('PLAY', '/live', BASIC)];

test('a player gets the track it asked for, on the channels it asked for, from the start of a frame', async (t) => {
  const { mount, speak } = await serving(t);
  const source = await speak(...publishing(mount));
  source.socket.write(frame(2, 100));
  const player = await speak(...PLAYING);
  assert.match(player.answers[0] ?? '', /streamid=1/);
  assert.match(player.answers[1] ?? '', /Session: [0-9a-f]+;timeout=17\r\n/);
  source.socket.write(Buffer.concat([frame(2, 100), frame(0, 5), frame(2, 200), frame(3, 0), frame(2, 200)]));
  const parser = new RtspParser();
  const items: RtspItem[] = [];
  while (items.length < 3) items.push(...parser.read((await once(player.socket, 'data'))[0]));
  assert.deepEqual(
    items.map((item) => 'channel' in item && [item.channel, item.bytes.readUInt32BE(8)]),
    [
      [6, 200],
      [7, 0],
      [6, 200],
    ],
  );
});

test('a player that does not read is dropped, and the one beside it plays on', async (t) => {
  const { mount, speak } = await serving(t);
  const source = await speak(...publishing(mount));
  const lazy = await speak(...PLAYING);
  lazy.socket.pause();
  const eager = await speak(...PLAYING);
  let read = 0;
  eager.socket.on('data', (chunk) => {
    read += chunk.length;
  });
  assert.equal(mount.counts.players, 2);
  for (let sent = 1; mount.counts.players === 2; sent++) {
    const chunk = Buffer.concat(Array.from({ length: 16 }, (_, index) => frame(2, sent * 16 + index, 60_000)));
    source.socket.write(chunk);
    while (read < sent * chunk.length) await once(eager.socket, 'data');
  }
  assert.equal(mount.counts.players, 1);
  source.socket.write(frame(2, 1));
  await once(eager.socket, 'data');
});

test('nobody but who knows the path can publish, and nobody can play what is not there', async (t) => {
  const { speak } = await serving(t);
  const { answers } = await speak(
    ask('ANNOUNCE', '/live', BASIC, SDP),
    ask('DESCRIBE', '/live', BASIC),
    ask('PLAY', '/live', BASIC),
    ask('DESCRIBE', '/live'),
  );
  const codes = answers.map((answer) => /^RTSP\/1.0 (\d+)/.exec(answer)?.[1]);
  assert.deepEqual(codes, ['501', '503', '455', '401']);
});

test('requests and frames are the same however the network cuts them', () => {
  const wire = Buffer.concat([Buffer.from(ask('ANNOUNCE', '/live', '', SDP)), frame(4, 9, 20), Buffer.from('\r\n')]);
  const parser = new RtspParser();
  const items = Array.from(wire, (byte) => [...parser.read(Buffer.of(byte))]).flat();
  assert.deepEqual(
    items.map((item) => ('channel' in item ? item.channel : [item.method, item.target, item.body])),
    [['ANNOUNCE', 'rtsp://127.0.0.1/live', SDP], 4],
  );
});
