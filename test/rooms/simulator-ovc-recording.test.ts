import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Secret } from '../../src/runtime/secret.ts';
import { type OvcOptions, OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { RawRecorder, SEGMENT } from '../peers/raw-recorder.ts';
import { readableLog } from '../peers/readable-log.ts';

async function platform(t: TestContext, options: Partial<OvcOptions> = {}): Promise<OvcSimulator> {
  const ovc = await OvcSimulator.listen({ accounts: 'any', rtmp: false, log: readableLog().log, ...options });
  t.after(() => ovc.close());
  return ovc;
}

test('segments are offered, stored, confirmed and listed for a player', async (t) => {
  const ovc = await platform(t);
  const recorder = new RawRecorder(ovc);
  assert.deepEqual((await recorder.ask({ op: 'next_dts' })).body, { next_dts: 0 });
  const first = await recorder.bring(0);
  const second = await recorder.bring(1, { last_file_name: first });
  const third = await recorder.bring(5, { last_file_name: second, next_dts: '9000000' });
  assert.deepEqual((await recorder.ask({ op: 'next_dts' })).body, { next_dts: 9_000_000 });
  assert.equal(recorder.report?.segments.at(-1)?.confirmed, false);
  await recorder.ask({ op: 'save', name: third });
  const { segments = [], gaps, inOrder, saved, faults } = recorder.report ?? {};
  assert.ok(segments.every(({ confirmed }) => confirmed));
  assert.deepEqual(gaps, [{ after: second, before: third, seconds: 6 }]);
  assert.deepEqual({ inOrder, saved, faults }, { inOrder: true, saved: true, faults: [] });
  const list = await (await fetch(ovc.recordings.playlistUrl('s1'))).text();
  assert.deepEqual(
    list.split('\n').filter((line) => !/PROGRAM-DATE|VERSION|TYPE|SEQUENCE/.test(line)),
    [
      ...[
        '#EXTM3U',
        '#EXT-X-TARGETDURATION:2',
        '#EXTINF:2.000000,',
        `s1/${first}`,
        '#EXTINF:2.000000,',
        `s1/${second}`,
      ],
      ...['#EXT-X-DISCONTINUITY', '#EXTINF:2.000000,', `s1/${third}`, '#EXT-X-ENDLIST', ''],
    ],
  );
  const content = await fetch(new URL(`s1/${first}`, ovc.recordings.playlistUrl('s1')));
  assert.deepEqual(Buffer.from(await content.arrayBuffer()), SEGMENT);
});

test('a closed gate answers without an address, until it is opened', async (t) => {
  const ovc = await platform(t);
  const recorder = new RawRecorder(ovc);
  ovc.recordings.gate('s1', false);
  assert.deepEqual((await recorder.create(0)).body, { name: '', uri: '' });
  assert.equal(recorder.report?.postponed, 1);
  ovc.recordings.gate('s1', true);
  await recorder.bring(0);
});

const WRONG_CALLS: ReadonlyArray<readonly [RegExp, Readonly<Record<string, string>>]> = [
  [/op:/, { op: 'nonsense' }],
  [/content_type/, { content_type: 'video/mp4' }],
  [/size/, { size: '0' }],
  [/start/, { start: '1.5' }],
  [/duration/, { duration: 'long' }],
  [/next_dts/, { next_dts: '1.5' }],
];

test('what a recorder does against the dialogue is noted with its session', async (t) => {
  const recorder = new RawRecorder(await platform(t));
  const lastFault = () => recorder.report?.faults.at(-1) ?? '';
  for (const [words, more] of WRONG_CALLS) {
    const { status, body } = await recorder.create(0, more);
    assert.equal(status, 400);
    assert.match(body.info ?? '', words);
    assert.match(lastFault(), words);
  }
  await recorder.create(0, { last_file_name: 'never' });
  assert.match(lastFault(), /last_file_name names never/);
  const { uri = '' } = (await recorder.create(0)).body;
  await recorder.put(uri, SEGMENT.subarray(188));
  assert.match(lastFault(), /size=752 was announced and 564 bytes/);
  await recorder.put((await recorder.create(1)).body.uri ?? '', Buffer.alloc(752));
  assert.match(lastFault(), /does not begin with a TS packet/);
  await recorder.put((await recorder.create(2)).body.uri ?? '', SEGMENT, { 'Content-Type': 'text/plain' });
  assert.match(lastFault(), /content type text\/plain/);
  await recorder.put((await recorder.create(3)).body.uri ?? '', SEGMENT, { Expect: '100-continue' });
  assert.match(lastFault(), /Expect/);
  assert.equal(await recorder.put(uri.replace(/[^/]+\?/, 'other.ts?')), 404);
  assert.match(lastFault(), /not offered/);
  assert.equal(await putInChunks((await recorder.create(4)).body.uri ?? ''), 411);
  assert.match(lastFault(), /Content-Length/);
  await recorder.ask({ op: 'fail', name: 'never' });
  assert.match(lastFault(), /op=fail names never/);
  assert.equal(recorder.report?.faultCount, recorder.report?.faults.length);
});

function putInChunks(uri: string): Promise<number> {
  return new Promise((resolve) => {
    const headers = { 'Transfer-Encoding': 'chunked' };
    const request = httpRequest(uri, { method: 'PUT', agent: false, headers }, (reply) => {
      resolve(reply.statusCode ?? 0);
      reply.resume();
    });
    request.on('error', () => undefined).end(SEGMENT);
  });
}

test('an unconfirmed segment that comes again replaces the first; a confirmed one is a fault', async (t) => {
  const recorder = new RawRecorder(await platform(t));
  await recorder.bring(0);
  const again = await recorder.bring(0);
  assert.deepEqual(
    recorder.report?.segments.map(({ name }) => name),
    [again],
  );
  assert.equal(recorder.report?.repeated, 1);
  await recorder.create(1, { last_file_name: again });
  await recorder.bring(0);
  assert.match(recorder.report?.faults.at(-1) ?? '', /stored and confirmed before/);
});

test('the store misbehaves as it is told to, for one session or for all', async (t) => {
  const ovc = await platform(t);
  const [one, other] = [new RawRecorder(ovc, 'one'), new RawRecorder(ovc, 'other')];
  ovc.faults.setStorage({ status: 503, retryAfterSeconds: 7 }, 'one');
  assert.equal((await one.create(0)).status, 503);
  await other.bring(0);
  ovc.faults.clearStorage();
  ovc.faults.setStorage({ wrongJson: true });
  await assert.rejects(() => one.create(0), SyntaxError);
  ovc.faults.clearStorage();
  ovc.faults.setStorage({ down: 'reset' });
  await assert.rejects(() => one.create(0), /fetch failed/);
  ovc.faults.clearStorage();
  ovc.faults.setStorage({ uriLifetimeMs: 0 });
  assert.equal(await one.put((await one.create(0)).body.uri ?? ''), 403);
  ovc.faults.clearStorage();
  ovc.faults.setStorage({ steps: ['put'], down: 'reset_after' });
  const { uri = '' } = (await one.create(1)).body;
  await assert.rejects(() => one.put(uri));
  assert.equal(one.report?.segments.length, 1);
  ovc.faults.clearStorage();
  ovc.faults.setStorage({ down: 'refused' });
  const dead = new URL((await one.create(2)).body.uri ?? '');
  await assert.rejects(new Promise((_, reject) => connect(Number(dead.port), dead.hostname).on('error', reject)));
});

test('chance fails the same requests for the same seed', async (t) => {
  const outcomes = async (seed: number): Promise<string> => {
    const ovc = await platform(t);
    ovc.faults.setStorage({ flapShare: 0.5, flapSeed: seed });
    const recorder = new RawRecorder(ovc);
    const seen: string[] = [];
    for (let call = 0; call < 12; call++) {
      seen.push(await recorder.ask({ op: 'next_dts' }).then(String, () => 'failed'));
    }
    return seen.join();
  };
  assert.equal(await outcomes(7), await outcomes(7));
  assert.notEqual(await outcomes(7), await outcomes(8));
});

test('the store forgets its oldest segments when it is full', async (t) => {
  const ovc = await platform(t, { limits: { storeBytes: SEGMENT.length * 2 } });
  const recorder = new RawRecorder(ovc);
  const names = [await recorder.bring(0), await recorder.bring(1), await recorder.bring(2)];
  assert.deepEqual(
    recorder.report?.segments.map(({ name }) => name),
    names.slice(1),
  );
  assert.equal(recorder.report?.forgotten, 1);
  assert.match(ovc.recordings.playlist('s1') ?? '', /MEDIA-SEQUENCE:1/);
  assert.equal((await fetch(new URL(`s1/${names[0]}`, ovc.recordings.playlistUrl('s1')))).status, 404);
});

test('recordings, gate and faults are there over HTTP too', async (t) => {
  const ovc = await platform(t);
  const at = (path: string) => `${ovc.pageUrl()}api/recordings${path}`;
  const put = (path: string, body: object) =>
    fetch(at(path), { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const address = (await (await fetch(at('/s1/address'))).json()) as Record<string, string>;
  assert.equal(address.cbk_url, ovc.recordings.callbackUrl('s1'));
  assert.equal((await put('/s1/gate', { open: false })).status, 200);
  assert.equal((await put('/faults', { bytes_per_second: 1_000_000 })).status, 200);
  assert.equal((await put('/s1/faults', { steps: ['put'], status: 403 })).status, 200);
  assert.equal((await put('/faults', { status: 200 })).status, 400);
  assert.equal(ovc.faults.storage('s1').status, 403);
  assert.equal(ovc.faults.storage('s1').bytesPerSecond, 1_000_000);
  const [report] = (await (await fetch(at(''))).json()) as Array<Record<string, unknown>>;
  assert.deepEqual({ session: report?.session, open: report?.open }, { session: 's1', open: false });
});

test('with a token, callback addresses carry a key, lists the token, and nothing else comes in', async (t) => {
  const ovc = await platform(t, { token: new Secret('t0ken') });
  const recorder = new RawRecorder(ovc);
  const url = ovc.recordings.callbackUrl('s'.repeat(100));
  assert.ok(Buffer.byteLength(url) <= 256);
  await recorder.bring(0);
  assert.equal(
    (await recorder.ask({ op: 'next_dts' }, ovc.recordings.callbackUrl('s1').replace(/.$/, '_'))).status,
    403,
  );
  assert.equal((await fetch(ovc.recordings.playlistUrl('s1'))).status, 200);
  assert.equal((await fetch(ovc.recordings.playlistUrl('s1').replace(/\?.*/, ''))).status, 403);
  assert.throws(() => ovc.recordings.callbackUrl('../x'), /no name for a session/);
});
