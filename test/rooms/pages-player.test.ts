import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { FlvReader } from '../../src/pages/kit/player/flv-reader.ts';
import { CodecUnknown, type Piece, Remuxer } from '../../src/pages/kit/player/remuxer.ts';

const SECONDS = 2;
const FILM = execFileSync('ffmpeg', [
  ...'-v error -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=sample_rate=44100'.split(' '),
  ...`-t ${SECONDS} -c:v libx264 -preset ultrafast -tune zerolatency -c:a aac -f flv pipe:1`.split(' '),
]);

function remuxed(bytes: Uint8Array, step: number): Piece[] {
  const reader = new FlvReader();
  const remuxer = new Remuxer({ sound: true });
  const pieces: Piece[] = [];
  for (let at = 0; at < bytes.length; at += step) {
    for (const tag of reader.push(bytes.subarray(at, at + step))) pieces.push(...remuxer.take(tag));
  }
  return pieces;
}

function probed(pieces: readonly Piece[], kind: Piece['kind']) {
  const input = Buffer.concat(pieces.filter((piece) => piece.kind === kind).map(({ bytes }) => bytes));
  const options = ['-v', 'error', '-count_packets', '-show_streams', '-of', 'json', 'pipe:0'];
  const [stream] = JSON.parse(execFileSync('ffprobe', options, { input, encoding: 'utf8' })).streams;
  return stream as { codec_name: string; nb_read_packets: string; width?: number; sample_rate?: string };
}

test('FLV becomes MP4 that others can read, all of it, however its bytes arrive', () => {
  for (const step of [FILM.length, 1_000]) {
    const pieces = remuxed(FILM, step);
    const video = probed(pieces, 'video');
    // The last frame is still held: only the next one would say how long it lasts.
    assert.deepEqual([video.codec_name, video.width, video.nb_read_packets], ['h264', 320, String(SECONDS * 25 - 1)]);
    const audio = probed(pieces, 'audio');
    assert.deepEqual([audio.codec_name, audio.sample_rate], ['aac', '44100']);
  }
});

test('the setup names the codec as a browser wants to hear it', () => {
  const codecs = remuxed(FILM, FILM.length).flatMap((piece) => (piece.type === 'setup' ? [piece.codec] : []));
  assert.match(codecs.join(' '), /^avc1\.[0-9a-f]{6} mp4a\.40\.2$/);
});

test('what is no FLV and what is no H.264 is told apart', () => {
  assert.throws(() => new FlvReader().push(Buffer.from('<html>not found</html>')), TypeError);
  const body = Uint8Array.from([0x1c, 0, 0, 0, 0]);
  const take = () => new Remuxer({ sound: false }).take({ type: 'video', timeMs: 0, body });
  assert.throws(take, (err) => err instanceof CodecUnknown && err.codec === 'H.265');
});

test('a stream whose time runs back is another stream', () => {
  const remuxer = new Remuxer({ sound: false });
  const frame = (timeMs: number) =>
    remuxer.take({ type: 'video', timeMs, body: Uint8Array.from([0x17, 1, 0, 0, 0, 1]) });
  remuxer.take({ type: 'video', timeMs: 0, body: Uint8Array.from([0x17, 0, 0, 0, 0, 1, 0x64, 0, 0x1f]) });
  frame(5_000);
  frame(5_040);
  assert.throws(() => frame(100), RangeError);
});
