import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { CallbackDialogue } from '../../src/recording/callback-dialogue.ts';
import type { UploadDialogue, UploadOutcome } from '../../src/recording/dialogue.ts';
import { PlatformHttp } from '../../src/recording/http.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { readableLog } from '../peers/readable-log.ts';
import { segmentOf } from '../peers/segments.ts';
import { type Fault, type Step, UploadPlatform } from '../peers/upload-platform.ts';

const never = new AbortController().signal;

async function talk(t: TestContext, lastName?: string) {
  const platform = await UploadPlatform.listen();
  const http = new PlatformHttp();
  const clock = new FakeClock();
  const { log, text } = readableLog();
  t.after(async () => {
    http.close();
    await platform.close();
  });
  const callbackUrl = new URL(platform.callbackUrl);
  const dialogue = new CallbackDialogue({ callbackUrl, http, clock, log, lastName });
  return { platform, clock, dialogue, text };
}

const upload = (dialogue: UploadDialogue, number: number): Promise<UploadOutcome> =>
  dialogue.upload(segmentOf(number), { allowanceMs: 30_000, onWanted: () => undefined }, never);

function failing(step: Step, fault: Fault, times = Number.POSITIVE_INFINITY): (asked: Step) => Fault | undefined {
  let left = times;
  return (asked) => (asked === step && left-- > 0 ? fault : undefined);
}

test('the whole dialogue is what the contract says, byte for byte', async (t) => {
  const { platform, dialogue } = await talk(t);
  platform.nextDts = 123_456;
  assert.equal(await dialogue.nextDts(never), 123_456);
  assert.deepEqual(await upload(dialogue, 0), { kind: 'stored' });
  assert.deepEqual(await upload(dialogue, 1), { kind: 'stored' });
  assert.deepEqual(await dialogue.save(never), { kind: 'stored' });
  const first = 'op=create&content_type=video%2Fmp2t&size=1880';
  assert.deepEqual(
    platform.heard.map(({ path, body }) => [path.replace(/\?.*/, ''), body]),
    [
      ['/callback', 'op=next_dts'],
      ['/callback', `${first}&start=1500000000.000000&duration=10.000000&next_dts=900000`],
      ['/store/seg-1.ts', ''],
      ['/callback', `${first}&start=1500000010.000000&duration=10.000000&next_dts=1800000&last_file_name=seg-1.ts`],
      ['/store/seg-2.ts', ''],
      ['/callback', 'op=save&name=seg-2.ts'],
    ],
  );
  for (const { step, path, headers } of platform.heard) {
    assert.equal(headers['content-type'], step === 'put' ? 'video/mp2t' : 'application/x-www-form-urlencoded');
    assert.ok(headers['content-length'] !== undefined && headers['transfer-encoding'] === undefined);
    assert.equal(headers.expect, undefined);
    assert.match(path, step === 'put' ? /\?sig=very-secret$/ : /\?session=7&key=very-secret$/);
  }
  assert.deepEqual(platform.stored[1]?.content, Buffer.concat(segmentOf(1).parts));
  assert.equal(await platform.connections, 1);
});

test('a platform that names no first time stamp, or a senseless one, or none in time, corrects nothing', async (t) => {
  const { platform, dialogue, clock } = await talk(t);
  for (const body of ['{}', '{"next_dts":0}', '{"next_dts":-5}', '{"next_dts":"7"}', '[]', 'what?', '']) {
    platform.fault = failing('next_dts', { kind: 'answer', status: 200, body });
    assert.equal(await dialogue.nextDts(never), undefined, body);
  }
  platform.fault = failing('next_dts', { kind: 'answer', status: 500, body: '{"next_dts":5}' });
  assert.equal(await dialogue.nextDts(never), undefined);
  platform.fault = failing('next_dts', { kind: 'hang' });
  const silent = dialogue.nextDts(never);
  await platform.until(({ heard }) => heard.length === 9);
  await clock.advance(10_000);
  assert.equal(await silent, undefined);
});

test('an answer without a name or an address means: not now', async (t) => {
  const { platform, dialogue } = await talk(t);
  for (const body of [
    '{}',
    '{"name":"","uri":""}',
    '{"name":"a"}',
    '{"name":"a","uri":""}',
    '{"name":null,"uri":null}',
  ]) {
    platform.fault = failing('create', { kind: 'answer', status: 200, body });
    assert.deepEqual(await upload(dialogue, 0), { kind: 'paused' }, body);
  }
});

const refusals: Readonly<Record<string, [Fault, string]>> = {
  'an answer that is no JSON': [
    { kind: 'answer', status: 200, body: '<html>' },
    'the platform sent an answer that makes no sense',
  ],
  'an answer of another form': [
    { kind: 'answer', status: 200, body: '{"name":7}' },
    'the platform sent an answer that makes no sense',
  ],
  'an answer without end': [
    { kind: 'answer', status: 200, body: 'x'.repeat(100_000) },
    'the platform sent a reply that is too large',
  ],
  'an error with a reason': [
    { kind: 'answer', status: 500, body: '{"info":"disk full"}' },
    'the platform refused a segment: disk full',
  ],
  'an error without one': [{ kind: 'answer', status: 503 }, 'the platform refused a segment: status 503'],
  'a lost connection': [{ kind: 'down' }, 'the platform cannot be reached: connection lost'],
};

for (const [name, [fault, sentence]] of Object.entries(refusals)) {
  test(`${name} is a failure in words, and no upload follows`, async (t) => {
    const { platform, dialogue } = await talk(t);
    platform.fault = failing('create', fault);
    const outcome = await upload(dialogue, 0);
    assert.equal(outcome.kind, 'failed');
    assert.equal(outcome.why.sentence, sentence);
    assert.ok(!platform.steps().includes('put'));
  });
}

test('a session that the platform does not know is gone', async (t) => {
  const { platform, dialogue } = await talk(t);
  for (const status of [404, 410]) {
    platform.fault = failing('create', { kind: 'answer', status });
    assert.equal((await upload(dialogue, 0)).kind, 'gone');
  }
});

test('Retry-After is heard, in seconds and as a date by the clock of the platform', async (t) => {
  const { platform, dialogue } = await talk(t);
  const date = { 'retry-after': 'Fri, 02 Jan 1970 00:00:30 GMT', date: 'Fri, 02 Jan 1970 00:00:10 GMT' };
  for (const [headers, ms] of [
    [{ 'retry-after': '7' }, 7000],
    [date, 20_000],
    [{ 'retry-after': '99999' }, 300_000],
    [{ 'retry-after': 'soon' }, undefined],
  ] as const) {
    platform.fault = failing('create', { kind: 'answer', status: 503, headers });
    const outcome = await upload(dialogue, 0);
    assert.equal(outcome.kind === 'failed' && outcome.retryAfterMs, ms);
  }
});

test('a store that fails once is tried once more at once', async (t) => {
  const { platform, dialogue } = await talk(t);
  platform.fault = failing('put', { kind: 'answer', status: 500 }, 1);
  assert.deepEqual(await upload(dialogue, 0), { kind: 'stored' });
  assert.deepEqual(platform.steps(), ['create', 'put', 'put']);
});

test('an upload that fails twice is reported, and nothing is confirmed after it', async (t) => {
  const { platform, dialogue } = await talk(t);
  await upload(dialogue, 0);
  platform.fault = failing('put', { kind: 'answer', status: 403 }, 2);
  assert.equal((await upload(dialogue, 1)).kind, 'failed');
  assert.equal(platform.heard.at(-1)?.body, 'op=fail&name=seg-2.ts');
  await upload(dialogue, 1);
  assert.doesNotMatch(platform.heard.at(-2)?.body ?? '', /last_file_name/);
});

for (const uri of ['file:///tmp/x', '/tmp/x', 'ftp://host/x', 'no address']) {
  test(`the upload address ${uri} is refused and reported`, async (t) => {
    const { platform, dialogue } = await talk(t);
    platform.uriFor = () => uri;
    const outcome = await upload(dialogue, 0);
    assert.equal(
      outcome.kind === 'failed' && outcome.why.message,
      'the platform named an upload address that is no web address',
    );
    assert.deepEqual(platform.steps(), ['create', 'fail']);
  });
}

test('a platform that takes a request and never answers is given up at the deadline', async (t) => {
  const { platform, dialogue, clock } = await talk(t);
  for (const [step, ms] of [
    ['create', 10_000],
    ['put', 30_000],
  ] as const) {
    platform.fault = failing(step, { kind: 'hang' });
    const asked = platform.heard.length;
    const outcome = upload(dialogue, 0);
    await platform.until(({ heard }) => heard.slice(asked).some((request) => request.step === step));
    await clock.advance(ms - 1);
    assert.equal(
      platform.heard.slice(asked).some((request) => request.step === 'fail'),
      false,
    );
    await clock.advance(1);
    const { kind, ...rest } = await outcome;
    assert.equal(kind === 'failed' && 'why' in rest && rest.why.kind, 'timed-out');
  }
});

test('an address that nobody listens at is a failure in words', async (t) => {
  const { platform, dialogue } = await talk(t);
  platform.uriFor = () => 'http://127.0.0.1:1/x';
  const outcome = await upload(dialogue, 0);
  assert.equal(outcome.kind === 'failed' && outcome.why.sentence, 'the platform cannot be reached: connection refused');
});

test('what an earlier process did not come to confirm is confirmed', async (t) => {
  const { platform, dialogue } = await talk(t, 'old one.ts');
  await upload(dialogue, 0);
  assert.match(platform.heard[0]?.body ?? '', /&last_file_name=old\+one.ts$/);
});

test('no secret of an address is in the log, whatever goes wrong', async (t) => {
  const { platform, dialogue, text } = await talk(t);
  for (const step of ['next_dts', 'create', 'put', 'fail', 'save'] as const) {
    platform.fault = failing(step, { kind: 'answer', status: 500 });
    await dialogue.nextDts(never);
    const outcome = await upload(dialogue, 0);
    await dialogue.save(never);
    assert.doesNotMatch(JSON.stringify(outcome) + text(), /very-secret/);
  }
});
