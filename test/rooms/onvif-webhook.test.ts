import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebhookReceiver } from '../../src/onvif/events/webhook-receiver.ts';
import { message, messageXml } from '../peers/event-messages.ts';
import { heardCamera, motion, webhookReceiver } from '../peers/heard-camera.ts';
import { fact } from '../peers/onvif-visit.ts';
import { readableLog } from '../peers/readable-log.ts';

const STATE = { topic: 'tns1:VideoSource/MotionAlarm', data: [['State', 'true']] } as const;

function notify(soap = 'http://www.w3.org/2003/05/soap-envelope', inner = messageXml(STATE).toString()): string {
  return `<x:Envelope xmlns:x="${soap}"><x:Body><wsnt:Notify>${inner}</wsnt:Notify></x:Body></x:Envelope>`;
}

async function post(
  url: URL | string,
  body: NonNullable<RequestInit['body']>,
  init: RequestInit = {},
): Promise<number> {
  const reply = await fetch(url, { method: 'POST', body, headers: { Connection: 'close' }, ...init });
  await reply.arrayBuffer();
  return reply.status;
}

test('a camera that refuses pull-points five times calls us instead', async (t) => {
  const { receiver } = await webhookReceiver(t);
  const { camera, told, pass, end } = await heardCamera(t, ['no-pull-point'], { receiver });
  while (camera.count('Subscribe') === 0) await pass(1000);
  await fact(() => camera.events.counts.open === 1);
  camera.events.emit(motion(true));
  await fact(() => told().length === 1);
  await pass(1100, 1100);
  camera.events.emit(motion(false));
  await fact(() => told().length === 2);
  await pass(600_000, 10_000);
  assert.ok(camera.events.counts.renewed >= 1);
  await end();
  assert.equal(camera.events.counts.open, 0);
});

test('a camera that has called us once is not asked for pull-points again when it comes back', async (t) => {
  const { receiver } = await webhookReceiver(t);
  const tally = { refusals: 0 };
  const before = await heardCamera(t, ['no-pull-point'], { receiver, tally });
  while (before.camera.count('Subscribe') === 0) await before.pass(1000);
  await fact(() => before.camera.events.counts.open === 1);
  await before.end();
  const after = await heardCamera(t, ['no-pull-point'], { receiver, tally });
  await fact(() => after.camera.events.counts.open === 1);
  assert.equal(after.camera.count('CreatePullPointSubscription'), 0);
  after.camera.events.emit(motion(true));
  await fact(() => after.told().length === 1);
});

test('a camera that never calls is asked for pull-points again after a minute', async (t) => {
  const { receiver } = await webhookReceiver(t);
  const { camera, told, pass } = await heardCamera(t, ['no-pull-point', 'webhook-silent'], { receiver });
  while (camera.count('Subscribe') === 0) await pass(1000);
  camera.habits.set('no-pull-point', false);
  await pass(150_000, 5000);
  await fact(() => camera.events.counts.pulls > 0);
  camera.events.emit(motion(true));
  while (told().length < 1) await pass(1000);
});

test('the receiver takes what cameras send, in SOAP 1.1 and 1.2, chunked or not, one message or many', async (t) => {
  const { receiver } = await webhookReceiver(t);
  const heard: string[] = [];
  const inbox = receiver.open((batch) => heard.push(...batch.map(({ topic }) => topic)));
  const url = await inbox.addressFor('127.0.0.1', new AbortController().signal);
  assert.equal(await post(url, notify()), 200);
  assert.equal(await post(url, notify('http://schemas.xmlsoap.org/soap/envelope/')), 200);
  const chunks = new Blob([notify()]).stream();
  assert.equal(await post(url, chunks, { duplex: 'half' }), 200);
  const two = messageXml(STATE).toString().repeat(2);
  assert.equal(await post(url, notify(undefined, two)), 200);
  assert.equal(heard.length, 5);
});

test('the receiver gives nothing away and survives what it is sent', async (t) => {
  const { receiver, port } = await webhookReceiver(t);
  let heard = 0;
  const inbox = receiver.open(() => heard++);
  const url = await inbox.addressFor('127.0.0.1', new AbortController().signal);
  assert.equal(await post(`http://127.0.0.1:${port}/guess`, notify()), 404);
  assert.equal((await fetch(url, { headers: { Connection: 'close' } })).status, 404);
  assert.equal(await post(url, '<<<'), 200);
  assert.equal(await post(url, '<!DOCTYPE x [<!ENTITY a "b">]><x/>'), 200);
  assert.equal((await post(url, 'x'.repeat(300_000)).catch(() => 0)) === 200, false);
  assert.equal(await post(url, notify()), 200);
  assert.equal(heard, 1);
  inbox.close();
  assert.equal(await post(url, notify()), 404);
  assert.equal(message(STATE).length, 1);
});

test('the receiver has no port until a camera needs it', async () => {
  const receiver = new WebhookReceiver({ host: '127.0.0.1', port: 0, log: readableLog().log });
  const life = new AbortController();
  const running = receiver.runWhenNeeded(life.signal);
  const gone = new AbortController();
  gone.abort();
  const early = receiver.open(() => undefined);
  await assert.rejects(early.addressFor('127.0.0.1', gone.signal), /not open/);
  const url = await early.addressFor('127.0.0.1', life.signal);
  assert.equal(await post(url, notify()), 200);
  life.abort();
  await running;
  await assert.rejects(fetch(url));
});
