import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { isKeyFrame } from '../../src/media/flv-tag.ts';
import type { TimedAnswer } from '../../src/simulator/ovc/conversation.ts';
import type { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { AlarmCamera, alarmSite, CODE } from '../peers/alarm-site.ts';
import { startedCamera, streamOf } from '../peers/feed-room.ts';
import { scratch } from '../peers/scratch.ts';

const PATIENT = { timeoutMs: 20_000 };
const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(50_000, 7), Buffer.from([0xff, 0xd9])]);

const online = (ovc: OvcSimulator) =>
  ovc.waitFor(() => ovc.devices.get(CODE)?.report.channels.some(({ state }) => state === 1), PATIENT);
const picture = (ovc: OvcSimulator) =>
  ovc.waitFor(() => ovc.alarms.all.find((alarm) => alarm.picture?.bytes !== undefined)?.picture, PATIENT);
const errorOf = (answer: TimedAnswer) => ('err' in answer ? answer.err : undefined);

function withSnapshot(jpeg: () => Promise<Buffer> = async () => JPEG): AlarmCamera {
  const camera = new AlarmCamera();
  camera.jpeg = jpeg;
  return camera;
}

/** A camera without snapshots, whose video is that of a virtual one. */
async function filming(t: TestContext) {
  const virtual = await startedCamera(t);
  const stream = streamOf(virtual);
  return { virtual, stream, camera: new AlarmCamera([stream]) };
}

/** Width and height of a JPEG, as ffprobe decodes it. */
async function sizeOf(t: TestContext, jpeg: Buffer | undefined): Promise<string> {
  const file = `${await scratch(t)}/picture.jpg`;
  await writeFile(file, jpeg ?? '');
  const args = ['-v', 'error', '-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0', file];
  return (await promisify(execFile)('ffprobe', args)).stdout.trim();
}

for (const method of ['POST', 'PUT'] as const) {
  test(`the camera's snapshot is brought to the platform by ${method}, as the contract wants it`, async (t) => {
    const { ovc, camera, text } = await alarmSite(t, { camera: withSnapshot(), method });
    await online(ovc);
    camera.tell('motion', 'start');
    const { bytes, method: came, contentType, faults, id } = await picture(ovc);
    assert.deepEqual([bytes, came, contentType, faults], [JPEG.length, method, 'image/jpeg', []]);
    assert.deepEqual(ovc.pictures.jpeg(id), JPEG);
    assert.ok(!text().includes(id), 'the address of the picture is in the log');
  });
}

test('an upload that fails is tried again, and the end of the alarm does not wait for it', async (t) => {
  const { ovc, camera } = await alarmSite(t, { camera: withSnapshot() });
  await online(ovc);
  ovc.pictures.faults = { status: 500, times: 1 };
  camera.tell('motion', 'start');
  camera.tell('motion', 'end');
  await ovc.waitFor(() => ovc.alarms.all[1]?.state === 'end');
  assert.equal(ovc.alarms.all[0]?.picture?.bytes, undefined);
  assert.equal((await picture(ovc)).uploads, 2);
});

test('without a snapshot the picture comes out of the video that flows anyway', async (t) => {
  const { stream, virtual, camera } = await filming(t);
  const { ovc, feeds } = await alarmSite(t, { camera });
  await online(ovc);
  const watching = new AbortController();
  const source = { name: 'viewer', stream, video: 'copy', maxBitsPerSecond: 0 } as const;
  let open: Promise<void> | undefined;
  await new Promise<void>((flows) => {
    open = feeds.open(source, { onTag: (tag) => isKeyFrame(tag) && flows() }, watching.signal);
  });
  camera.tell('motion', 'start');
  const { id } = await picture(ovc);
  assert.equal(await sizeOf(t, ovc.pictures.jpeg(id)), 'mjpeg,640,360');
  assert.equal(virtual.counts.rtsp.main?.plays, 1);
  watching.abort();
  await open;
});

test('where nothing flows the camera is asked for a picture of its stream, also in a codec that cannot be copied', async (t) => {
  const virtual = await startedCamera(t, { main: { codec: 'MJPEG', audio: 'none' } });
  const { ovc, camera } = await alarmSite(t, { camera: new AlarmCamera([streamOf(virtual, { video: 'MJPEG' })]) });
  await online(ovc);
  camera.tell('motion', 'start');
  const { id } = await picture(ovc);
  assert.match(await sizeOf(t, ovc.pictures.jpeg(id)), /^mjpeg,\d+,\d+$/);
});

test('a snapshot that is no picture does not get to the platform; the video has to do', async (t) => {
  const { camera } = await filming(t);
  camera.jpeg = async () => Buffer.from('<html>login</html>');
  const { ovc } = await alarmSite(t, { camera });
  await online(ovc);
  camera.tell('motion', 'start');
  const { id, faults } = await picture(ovc);
  assert.deepEqual(faults, []);
  assert.equal(await sizeOf(t, ovc.pictures.jpeg(id)), 'mjpeg,640,360');
});

test('the picture is taken when the alarm starts, not when the platform answers', async (t) => {
  let taken = 0;
  const { ovc, camera } = await alarmSite(t, {
    camera: withSnapshot(async () => {
      taken++;
      return JPEG;
    }),
  });
  await online(ovc);
  ovc.faults.set({ answerDelayMs: 300 });
  camera.tell('motion', 'start');
  assert.equal(taken, 1);
  camera.tell('face', 'start');
  assert.equal(taken, 1, 'one at a time, and it shows both');
  await ovc.waitFor(() => ovc.alarms.all.filter((alarm) => alarm.picture?.bytes).length === 2);
  assert.equal(taken, 1);
});

test('a camera that gives no picture at all: the alarm is told, and status says why there is none', async (t) => {
  const { ovc, camera, alarms } = await alarmSite(t);
  await online(ovc);
  camera.tell('motion', 'start');
  camera.tell('motion', 'end');
  await ovc.waitFor(() => ovc.alarms.all.length === 2);
  assert.equal(alarms.status.pictures.lastError?.why, 'the camera shows no video');
});

test('Snapshot brings a fresh picture to the address and is answered then', async (t) => {
  const { ovc } = await alarmSite(t, { camera: withSnapshot() });
  await online(ovc);
  const { id, url } = ovc.pictures.offer();
  const answer = await ovc.request(CODE, 'Snapshot', { channel: 0, pic_upload_url: url });
  assert.deepEqual('resp' in answer && answer.resp, {});
  assert.equal(ovc.pictures.report(id)?.bytes, JPEG.length);
});

test('a Snapshot that cannot be done is answered with the number and the reason', async (t) => {
  const { ovc, text } = await alarmSite(t, { camera: withSnapshot() });
  await online(ovc);
  const { url } = ovc.pictures.offer();
  const refused: ReadonlyArray<readonly [string, object, number, RegExp]> = [
    ['an unknown channel', { channel: 9, pic_upload_url: url }, 102, /no such channel/],
    ['no address', { channel: 0 }, 12, /pic_upload_url/],
    ['an address of another kind', { channel: 0, pic_upload_url: 'ftp://127.0.0.1/x' }, 12, /pic_upload_url/],
    ['nobody there', { channel: 0, pic_upload_url: 'http://127.0.0.1:1/x?sig=s3cret' }, 1, /connection refused/],
  ];
  for (const [what, params, code, words] of refused) {
    const err = errorOf(await ovc.request(CODE, 'Snapshot', { ...params }));
    assert.equal(err?.code, code, what);
    assert.match(err?.msg ?? '', words, what);
  }
  ovc.pictures.faults = { status: 403, times: 1 };
  const err = errorOf(await ovc.request(CODE, 'Snapshot', { channel: 0, pic_upload_url: url }));
  assert.deepEqual([err?.code, err?.msg], [1, 'the picture was not taken: HTTP 403']);
  assert.doesNotMatch(text(), /s3cret/);
});
