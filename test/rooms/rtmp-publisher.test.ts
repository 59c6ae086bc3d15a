import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { FlvReader } from '../../src/media/feed/flv-reader.ts';
import type { FlvTag } from '../../src/media/flv-tag.ts';
import { openPublisher } from '../../src/media/rtmp/publisher.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { GatewayError } from '../../src/runtime/errors.ts';
import { NmsRtmpServer } from '../peers/nms-rtmp-server.ts';
import { readableLog } from '../peers/readable-log.ts';

const run = promisify(execFile);
const CERTIFICATES = join(import.meta.dirname, '..', 'fixtures', 'tls');
const cert = readFileSync(join(CERTIFICATES, 'localhost.crt'));
const key = readFileSync(join(CERTIFICATES, 'localhost.key'));

/** Three seconds of a real encoder's H.264 and AAC. */
const FILM = (
  '-v error -f lavfi -i testsrc2=s=320x240:r=25 -f lavfi -i sine=r=44100 -t 3 -c:v libx264 -preset ultrafast -g 25 ' +
  '-pix_fmt yuv420p -c:a aac -f flv pipe:1'
).split(' ');

let film: Promise<FlvTag[]> | undefined;

function filmTags(): Promise<FlvTag[]> {
  film ??= recordFilm();
  return film;
}

async function recordFilm(): Promise<FlvTag[]> {
  const tags: FlvTag[] = [];
  const reader = new FlvReader((tag) => tags.push(tag));
  const child = spawn('ffmpeg', FILM, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const bytes of child.stdout) reader.push(bytes as Buffer);
  return tags;
}

async function nms(t: TestContext, tls?: { key: Buffer; cert: Buffer }): Promise<NmsRtmpServer> {
  const server = await NmsRtmpServer.listen(tls);
  t.after(() => server.close());
  return server;
}

function opened(t: TestContext, url: string, ca?: string): ReturnType<typeof openPublisher> {
  const life = new AbortController();
  t.after(() => life.abort());
  return openPublisher({ url, clock: systemClock, log: readableLog().log, ca }, life.signal);
}

interface Probe {
  readonly streams: ReadonlyArray<{ readonly codec_name: string; readonly codec_type: string }>;
  readonly packets: ReadonlyArray<{ readonly codec_type: string; readonly dts_time: string }>;
}

/** What a foreign player finds on the server; all of it. */
async function probe(url: string): Promise<Probe> {
  const args = ['-v', 'error', '-of', 'json', '-show_streams', '-show_packets', url];
  const { stdout } = await run('ffprobe', args, { timeout: 20_000 });
  return JSON.parse(stdout) as Probe;
}

function assertPlays({ streams, packets }: Probe): void {
  assert.deepEqual(streams.map((stream) => stream.codec_name).sort(), ['aac', 'h264']);
  for (const kind of ['audio', 'video']) {
    const times = packets.filter((packet) => packet.codec_type === kind).map((packet) => Number(packet.dts_time));
    assert.ok(times.length > 20, `${times.length} ${kind} packets`);
    assert.ok(
      times.every((time, n) => n === 0 || time >= (times[n - 1] ?? 0)),
      `${kind} times rise`,
    );
  }
}

/** Publishes the film and lets a foreign player play it. */
async function publishAndProbe(t: TestContext, server: NmsRtmpServer, path: string, ca?: string): Promise<Probe> {
  const publication = await opened(t, server.url(`${path}?token=a/b%20c`), ca);
  const tags = await filmTags();
  const joined = server.playerJoins(path);
  const probing = probe(server.url(path));
  await Promise.race([joined, probing]);
  for (const tag of tags) publication.send(tag);
  await publication.close();
  await publication.done;
  assert.equal(publication.bufferedBytes, 0);
  return await probing;
}

test('a foreign server takes H.264 and AAC and a foreign player plays it', async (t) => {
  const server = await nms(t);
  assertPlays(await publishAndProbe(t, server, 'live/played'));
});

test('rtmps works with an authority of our own', async (t) => {
  const server = await nms(t, { key, cert });
  assertPlays(await publishAndProbe(t, server, 'live/encrypted', String(cert)));
});

test('a stream key is free again once its publication is closed', async (t) => {
  const server = await nms(t);
  await (await opened(t, server.url('live/again'))).close();
  await (await opened(t, server.url('live/again'))).close();
});

/** Each refusal: how it comes about, and the words a person reads. */
const REFUSALS: ReadonlyArray<readonly [string, (t: TestContext) => Promise<unknown>, RegExp]> = [
  [
    'a stream key in use, which this server refuses by hanging up',
    async (t) => {
      const server = await nms(t);
      await opened(t, server.url('live/twice'));
      return await opened(t, server.url('live/twice'));
    },
    /^publish-refused the media server refused the stream: .* when asked to publish; is the stream key right, and free\?$/,
  ],
  [
    'a certificate nobody vouches for',
    async (t) => await opened(t, (await nms(t, { key, cert })).url('live/x')),
    /^publish-failed .*: certificate is not trusted$/,
  ],
  [
    'a port where nobody listens',
    (t) => opened(t, 'rtmp://127.0.0.1:1/live/x'),
    /^publish-failed .*: connection refused$/,
  ],
];

for (const [name, attempt, words] of REFUSALS) {
  test(`${name} is told in words`, async (t) => {
    await assert.rejects(attempt(t), (err) => err instanceof GatewayError && words.test(`${err.kind} ${err.sentence}`));
  });
}
