import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Secret } from '../../src/runtime/secret.ts';
import { VirtualCamera, type VirtualCameraOptions } from '../../src/simulator/camera/camera.ts';
import type { ProfileToken } from '../../src/simulator/camera/profiles.ts';
import { readableLog } from '../peers/readable-log.ts';

const run = promisify(execFile);
const PASSWORD = 'pass&word 1';
const IDENTITY = { name: 'Front door', serial: 'VC-0001', mac: '02:00:00:00:00:01', username: 'admin' };

interface Ending {
  after(close: () => Promise<void>): void;
}

async function started(t: Ending, options: Partial<VirtualCameraOptions> = {}): Promise<VirtualCamera> {
  const stop = new AbortController();
  const { log } = readableLog();
  const all = { ...IDENTITY, password: new Secret(PASSWORD), ...options };
  const camera = await VirtualCamera.start(all, { signal: stop.signal, log });
  t.after(async () => {
    stop.abort();
    await camera.close();
  });
  return camera;
}

function urlWith(camera: VirtualCamera, password = PASSWORD, profile: ProfileToken = 'main'): string {
  const url = camera.rtspUrl(profile);
  url.username = 'admin';
  url.password = encodeURIComponent(password);
  return url.href;
}

/** What ffprobe makes of the stream: `codec,width` a line; rejects with what it printed. */
async function probed(url: string): Promise<string[]> {
  const entries = ['-show_entries', 'stream=codec_name,width', '-of', 'csv=p=0'];
  const quickly = ['-rtsp_transport', 'tcp', '-analyzeduration', '200000'];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...quickly, ...entries, url]);
  return stdout.trim().split('\n');
}

/** Watches for as long as the camera lets it. */
async function watched(camera: VirtualCamera): Promise<void> {
  const input = ['-rtsp_transport', 'tcp', '-i', urlWith(camera)];
  await run('ffmpeg', ['-v', 'error', '-nostdin', ...input, '-c', 'copy', '-f', 'null', '-']).catch(() => undefined);
}

const FILMS = [
  { codec: 'H264', audio: 'PCMU', seen: ['h264,640', 'pcm_mulaw'] },
  { codec: 'H264', audio: 'AAC', seen: ['h264,640', 'aac'] },
  { codec: 'H265', audio: 'PCMA', seen: ['hevc,640', 'pcm_alaw'] },
  { codec: 'MJPEG', audio: 'none', seen: ['mjpeg,640'] },
] as const;

for (const { codec, audio, seen } of FILMS) {
  test(`ffprobe reads ${codec} with audio ${audio}`, async (t) => {
    const camera = await started(t, { main: { codec, audio } });
    assert.deepEqual(await probed(urlWith(camera)), [...seen]);
  });
}

test('a wrong password gets 401 and is counted, the right one is not', async (t) => {
  const camera = await started(t, { sub: {} });
  await assert.rejects(probed(urlWith(camera, 'wrong')), /401/);
  assert.equal(camera.counts.rtsp.main?.authFailures, 1);
  assert.deepEqual(await probed(urlWith(camera, PASSWORD, 'sub')), ['h264,320', 'pcm_mulaw']);
  assert.deepEqual(camera.counts.rtsp.sub, { describes: 1, plays: 1, authFailures: 0, players: 0 });
});

test('UDP is refused with 461, an unknown path with 404, an unknown method with 501', async (t) => {
  const camera = await started(t);
  await assert.rejects(run('ffprobe', ['-v', 'error', '-rtsp_transport', 'udp', urlWith(camera)]), /461/);
  const base = `rtsp://127.0.0.1:${camera.rtspPort}`;
  assert.match(
    await said(camera.rtspPort, `DESCRIBE ${base}/nowhere RTSP/1.0\r\nCSeq: 7\r\n\r\n`),
    /^RTSP\/1.0 404 .*\r\nCSeq: 7\r\n/,
  );
  assert.match(await said(camera.rtspPort, `REDIRECT ${base}/nowhere RTSP/1.0\r\nCSeq: 8\r\n\r\n`), /^RTSP\/1.0 501 /);
});

const NONSENSE = [
  ['bytes that are no RTSP', 'GET / HTTP/1.1\r\n\r\n'],
  ['a head without end', 'A'.repeat(20_000)],
  ['a body beyond all bounds', 'ANNOUNCE rtsp://h/p RTSP/1.0\r\nContent-Length: 99999999\r\n\r\n'],
] as const;

for (const [what, bytes] of NONSENSE) {
  test(`the RTSP server hangs up on ${what}, and lives on`, async (t) => {
    const camera = await started(t);
    assert.equal(await said(camera.rtspPort, bytes), '');
    assert.match(await said(camera.rtspPort, 'OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n'), /200 OK/);
  });
}

test('a stalled camera keeps the session and sends nothing until the switch is turned back', async (t) => {
  const camera = await started(t);
  camera.habits.set('rtsp-stalls', true);
  const reading = probed(urlWith(camera));
  await until(() => camera.counts.rtsp.main?.players === 1);
  camera.habits.set('rtsp-stalls', false);
  assert.deepEqual(await reading, ['h264,640', 'pcm_mulaw']);
});

test('a camera that drops players cuts each of them off', async (t) => {
  const camera = await started(t, { habits: ['rtsp-drops'] });
  await watched(camera);
  assert.deepEqual(camera.counts.rtsp.main, { describes: 1, plays: 1, authFailures: 0, players: 0 });
});

test('a change of the key frame interval restarts the encoder, which cuts players off', async (t) => {
  const camera = await started(t, { main: { width: 320, height: 180, framesPerSecond: 5, bitsPerSecond: 100_000 } });
  const watching = watched(camera);
  await until(() => camera.counts.rtsp.main?.players === 1);
  camera.habits.set('slow-key-frames', true);
  await watching;
  await until(async () => (await probed(urlWith(camera)).catch(() => [])).length === 2);
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-rtsp_transport', 'tcp', '-select_streams', 'v', '-read_intervals', '%+#12'],
    ...['-analyzeduration', '0', '-show_entries', 'packet=flags', '-of', 'csv=p=0', urlWith(camera)],
  ]);
  assert.ok(stdout.split('K_').length <= 2, 'more than one key frame in two seconds');
});

test('RTSP may refuse the login that SOAP would let in', async (t) => {
  const camera = await started(t, { habits: ['rtsp-refuses-login'] });
  await assert.rejects(probed(urlWith(camera)), /401/);
});

test('after the power was off the ports are the same and the pictures are back', async (t) => {
  const camera = await started(t);
  const before = [camera.onvifPort, camera.rtspPort];
  await camera.powerOff();
  await assert.rejects(probed(urlWith(camera)), /refused/);
  await camera.powerOn();
  assert.deepEqual([camera.onvifPort, camera.rtspPort], before);
  assert.deepEqual(await probed(urlWith(camera)), ['h264,640', 'pcm_mulaw']);
});

test('a source that is killed is started again', async (t) => {
  const camera = await started(t);
  const [pid] = ffmpegsTo(camera.rtspPort);
  assert.ok(pid !== undefined);
  process.kill(pid, 'SIGKILL');
  await until(() => ffmpegsTo(camera.rtspPort).some((other) => other !== pid));
  await until(async () => (await probed(urlWith(camera)).catch(() => [])).length === 2);
});

test('no ffmpeg is left when the camera is closed', async (t) => {
  const camera = await started(t, { sub: {} });
  const { rtspPort } = camera;
  assert.equal(ffmpegsTo(rtspPort).length, 2);
  await camera.close();
  assert.deepEqual(ffmpegsTo(rtspPort), []);
});

/** Everything the server sends to these bytes until it hangs up or has answered one request. */
function said(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes('\r\n\r\n')) socket.end();
    });
    socket.on('close', () => resolve(text));
    socket.on('error', (err) => ('code' in err && err.code === 'ECONNRESET' ? resolve(text) : reject(err)));
  });
}

/** Waits for a fact that only looking again can tell, for as long as the test may last. */
async function until(fact: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await fact())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The ids of the ffmpegs that publish to that port. */
function ffmpegsTo(port: number): number[] {
  const lines = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/cmdline`));
  return lines.filter((pid) => commandLine(pid).includes(`:${port}/publish/`)).map(Number);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It ended while we looked.
    return '';
  }
}
