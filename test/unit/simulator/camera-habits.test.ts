import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BAD_HABITS, type BadHabitName, isBadHabit } from '../../../src/simulator/camera/bad-habits.ts';
import type { VirtualCamera } from '../../../src/simulator/camera/camera.ts';
import { type Call, call, cameraForTests, digestFor, type Reply } from './camera-calls.ts';

let camera: VirtualCamera;
let close: () => Promise<void>;

before(async () => {
  ({ camera, close } = await cameraForTests());
});
after(() => close());

interface Symptom {
  readonly operation: string;
  readonly options?: Call;
  readonly shows: (reply: Reply) => boolean;
}

const STREAM = '<GetStreamUri><ProfileToken>main</ProfileToken></GetStreamUri>';
const SNAPSHOT = '<GetSnapshotUri><ProfileToken>main</ProfileToken></GetSnapshotUri>';
const media: Call = { service: 'media' };
const media2: Call = { service: 'media2' };

/** What each habit does to a call that shows it. The RTSP ones are seen where there are players. */
const SYMPTOMS: Readonly<Partial<Record<BadHabitName, Symptom>>> = {
  'zero-host': { operation: STREAM, options: media, shows: ({ text }) => text.includes('rtsp://0.0.0.0:') },
  'other-nic-host': { operation: 'GetServices', shows: ({ text }) => text.includes('http://10.254.254.254:') },
  'link-local-host': { operation: 'GetServices', shows: ({ text }) => text.includes('http://169.254.10.20:') },
  'doubled-port': { operation: 'GetServices', shows: ({ text }) => /127\.0\.0\.1(:\d+)\1\//.test(text) },
  'relative-xaddr': { operation: 'GetServices', shows: ({ text }) => text.includes('<tds:XAddr>/onvif/') },
  'empty-xaddr': { operation: 'GetCapabilities', shows: ({ text }) => text.includes('<tt:XAddr></tt:XAddr>') },
  'https-xaddr': { operation: 'GetServices', shows: ({ text }) => text.includes('https://127.0.0.1') },
  'double-escaped': { operation: STREAM, options: media, shows: ({ text }) => text.includes('&amp;amp;stream') },
  'userinfo-in-uri': {
    operation: STREAM,
    options: media2,
    shows: ({ text }) => text.includes('rtsp://admin:from-camera@'),
  },
  'no-utc': {
    operation: 'GetSystemDateAndTime',
    shows: ({ text }) => !text.includes('UTCDateTime') && text.includes('LocalDateTime'),
  },
  'http-digest': {
    operation: 'GetScopes',
    shows: ({ status, challenges }) => status === 401 && /^Digest .*qop="auth"/.test(challenges ?? ''),
  },
  'digest-everywhere': { operation: 'GetSystemDateAndTime', shows: ({ status }) => status === 401 },
  truncates: { operation: 'GetServices', shows: () => false },
  huge: { operation: 'GetServices', shows: ({ text }) => text.length > 10_000_000 },
  'html-with-200': {
    operation: 'GetServices',
    shows: ({ status, text }) => status === 200 && text.startsWith('<!DOCTYPE html>'),
  },
  'empty-400': { operation: 'MakeCoffee', shows: ({ status, text }) => status === 400 && text === '' },
  'fault-with-200': {
    operation: 'MakeCoffee',
    shows: ({ status, text }) => status === 200 && text.includes('ter:ActionNotSupported'),
  },
  'undeclared-prefix': {
    operation: 'GetServices',
    shows: ({ text }) => text.includes('<tad:') && !text.includes('xmlns:tad'),
  },
  'bom-and-nul': { operation: 'GetServices', shows: ({ text }) => text.endsWith('>\0\0') },
  'no-media2': {
    operation: 'GetServices',
    shows: ({ text }) => !text.includes('<tds:Namespace>http://www.onvif.org/ver20/media'),
  },
  'media2-broken': {
    operation: 'GetProfiles',
    options: media2,
    shows: ({ status, text }) => status === 500 && text.startsWith('<html>'),
  },
  'no-video-encoder': {
    operation: 'GetProfiles',
    options: media,
    shows: ({ text }) => !text.includes('VideoEncoderConfiguration'),
  },
  'no-video-sources': {
    operation: 'GetVideoSources',
    options: media,
    shows: ({ text }) => !text.includes('token="vs0"'),
  },
  'no-snapshot-uri': {
    operation: SNAPSHOT,
    options: media,
    shows: ({ text }) => text.includes('ter:ActionNotSupported'),
  },
};
/** A reply with these is no reply at all, so they have tests of their own. */
const NO_REPLY: readonly BadHabitName[] = ['truncates'];

async function shows({ operation, options, shows: seen }: Symptom): Promise<boolean> {
  return seen(await call(camera, operation, options));
}

function withHabit(t: { after(undo: () => void): void }, ...names: readonly BadHabitName[]): void {
  for (const name of names) camera.habits.set(name, true);
  t.after(() => {
    for (const name of names) camera.habits.set(name, false);
  });
}

for (const [name, symptom] of Object.entries(SYMPTOMS)) {
  if (!isBadHabit(name) || NO_REPLY.includes(name)) continue;
  test(`a camera that ${BAD_HABITS[name].does} does so while the switch is on, and only then`, async (t) => {
    assert.equal(await shows(symptom), false);
    withHabit(t, name);
    assert.equal(await shows(symptom), true);
  });
}

test('every bad habit is the subject of a test', () => {
  const folder = join(import.meta.dirname, '..', '..');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const tests = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  const missing = Object.keys(BAD_HABITS).filter((name) => !tests.includes(`'${name}'`) && !tests.includes(`${name}:`));
  assert.deepEqual(missing, []);
});

test('a truncated reply ends in a broken connection', async (t) => {
  withHabit(t, 'truncates');
  await assert.rejects(call(camera, 'GetServices'));
});

test('a hanging camera takes the request and never answers', async (t) => {
  withHabit(t, 'hangs');
  const stop = new AbortController();
  const before = camera.counts.soap.calls;
  const asked = call(camera, 'GetServices', { signal: stop.signal });
  while (camera.counts.soap.calls === before) await new Promise((resolve) => setTimeout(resolve, 10));
  stop.abort();
  await assert.rejects(asked, { name: 'AbortError' });
});

const CHALLENGES: ReadonlyArray<{ name: BadHabitName; says: RegExp }> = [
  { name: 'two-digests', says: /^Digest .*algorithm=MD5.*, Digest .*algorithm=SHA-256/ },
  { name: 'sha256-digest', says: /^Digest .*algorithm=SHA-256/ },
  { name: 'basic-only', says: /^Basic realm=/ },
  { name: 'lower-case-digest', says: /^digest realm=/ },
  { name: 'qop-list', says: /qop="auth, auth-int"/ },
];
const target = '/onvif/device_service';

for (const { name, says } of CHALLENGES) {
  test(`a camera that ${BAD_HABITS[name].does} lets in who answers that`, async (t) => {
    withHabit(t, 'http-digest', name);
    const challenge = (await call(camera, 'GetScopes')).challenges ?? '';
    assert.match(challenge, says);
    const basic = `Basic ${Buffer.from('admin:pass&word ü').toString('base64')}`;
    const authorization = name === 'basic-only' ? basic : digestFor({ challenge, method: 'POST', target });
    assert.equal((await call(camera, 'GetScopes', { header: '', authorization })).status, 200);
  });
}

const PICTURES: ReadonlyArray<{ name: BadHabitName; says: RegExp }> = [
  { name: 'empty-snapshot', says: /^$/ },
  { name: 'html-snapshot', says: /^<!DOCTYPE html>/ },
];

for (const { name, says } of PICTURES) {
  test(`a camera that ${BAD_HABITS[name].does} does so with status 200`, async (t) => {
    withHabit(t, name);
    const path = '/snapshot?channel=1&stream=sub';
    const url = `http://127.0.0.1:${camera.onvifPort}${path}`;
    const challenge = (await fetch(url)).headers.get('www-authenticate') ?? '';
    const authorization = digestFor({ challenge, method: 'GET', target: path });
    const answer = await fetch(url, { headers: { authorization } });
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), says);
  });
}
