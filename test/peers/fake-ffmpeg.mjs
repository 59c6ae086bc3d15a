#!/usr/bin/env node
// A program in the place of ffmpeg. What it does stands as path in the address after `-i`, or in
// the script that is to be read there; what it was told stands, as
// one JSON line per start, in the file after `?log=`, and `wrote` where it has written something, for a test to read.
import { appendFileSync, createWriteStream, readFileSync } from 'node:fs';

const args = process.argv.slice(2);
const input = args[args.indexOf('-i') + 1] ?? 'fake:/flow';
const pipe = /^pipe:([34])$/.exec(input)?.[1];
const script = pipe === undefined ? '' : readFileSync(Number(pipe), 'utf8');
const { pathname, searchParams } = new URL(/^file '(.*)'$/m.exec(script)?.[1] ?? input);
const log = searchParams.get('log');
const note = (line) => log && appendFileSync(log, `${line}\n`);
note(JSON.stringify(script === '' ? args : [...args, script]));

function tag(type, timestampMs, body) {
  const head = Buffer.alloc(11);
  head.writeUInt8(type, 0);
  head.writeUIntBE(body.length, 1, 3);
  head.writeUIntBE(timestampMs & 0xffffff, 4, 3);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(11 + body.length);
  return Buffer.concat([head, body, size]);
}

const HEADER = Buffer.from([0x46, 0x4c, 0x56, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0]);
const SETUP = tag(9, 0, Buffer.from([0x17, 0, 0, 0, 0, 1, 0x42, 0, 0x1e, 0xff, 0xe1, 0, 0, 0]));
const KEY_FRAME = tag(9, 0, Buffer.from([0x17, 1, 0, 0, 0, 0, 0, 0, 1, 0x65]));
const G711 = tag(8, 0, Buffer.from([0x82, 1, 2, 3]));
const stop = (code) => process.exit(code);

function write(...parts) {
  process.stdout.write(Buffer.concat(parts.map((part) => Buffer.from(part))), () => note('wrote'));
}

/** Nothing else keeps a program alive that only waits. */
function wait() {
  setInterval(() => undefined, 1000);
  // Whoever started it is gone.
  process.stdin.on('end', () => stop(1)).resume();
}

function obeyQ() {
  process.stdin.on('data', (keys) => keys.includes('q') && stop(0));
}

function die(lines, code = 1) {
  process.stderr.write(`${lines.join('\n')}\n`, () => stop(code));
}

const BEHAVIOURS = {
  /** One group of pictures, then nothing more, with everything open. */
  '/freeze': () => {
    obeyQ();
    wait();
    write(HEADER, SETUP, KEY_FRAME);
    createWriteStream('', { fd: 3 }).write(Buffer.alloc(188, 0x47));
  },
  /** As above, and deaf to every request to end but the last. */
  '/deaf': () => {
    process.on('SIGTERM', () => undefined);
    wait();
    write('ready');
  },
  /** Opens and never delivers. */
  '/silent': () => {
    obeyQ();
    wait();
  },
  '/header-only': () => {
    obeyQ();
    wait();
    write(HEADER, SETUP);
  },
  '/garbage': () => {
    obeyQ();
    wait();
    write('this is no FLV at all');
  },
  '/g711': () => {
    obeyQ();
    wait();
    write(HEADER, SETUP, G711, KEY_FRAME);
  },
  '/no-times': () => {
    if (args.some((arg) => arg.startsWith('setts'))) return BEHAVIOURS['/freeze']();
    return die(['[flv @ 0x55] Packet is missing PTS', 'av_interleaved_write_frame(): Invalid argument']);
  },
  /** Three pictures, the last of them the smallest. */
  '/pictures': () => write(...[90_000, 60_000, 30_000].map((bytes) => [0xff, 0xd8, 0xff, ...Buffer.alloc(bytes)])),
  '/die': () => die(searchParams.getAll('line'), Number(searchParams.get('code') ?? 1)),
  '/end': () => stop(0),
};

BEHAVIOURS[pathname]();
