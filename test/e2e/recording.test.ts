import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { TimedAnswer } from '../../src/simulator/ovc/conversation.ts';
import type { RecordingReport } from '../../src/simulator/ovc/recording-ledger.ts';
import {
  holes,
  keepaliveSays,
  PATIENT,
  play,
  saved,
  sizeOf,
  spooled,
  startRecord,
  stopRecord,
  stored,
  strides,
} from '../peers/recorded.ts';
import { scratch } from '../peers/scratch.ts';
import { type CameraWish, startSite } from '../peers/site.ts';
import { tsFilmOfTwoSizes } from '../peers/ts-film.ts';

/** One site for all: each test has a channel of its own, and what it does to the platform it does to its own session. */

const FRAME_SECONDS = 1 / 15;
/** Segments of a second: memory for so many lets a busy disk take some seconds for one. */
const MEMORY = 5;
const errorOf = (answer: TimedAnswer) => ('err' in answer ? answer.err : undefined);
/** Cameras that make no key frame when a player comes: what they send then has no hole, so a hole is ours. */
const camera = (main: CameraWish['main']): CameraWish => ({ main, habits: ['rtsp-joins-mid-gop'] });
const CAMERAS = [
  camera({ audio: 'PCMU' }),
  camera({ audio: 'AAC' }),
  camera({ audio: 'AAC' }),
  camera({ audio: 'AAC' }),
  camera({ codec: 'H265', audio: 'PCMA' }),
  camera({ audio: 'none' }),
  camera({ audio: 'AAC' }),
];

type Site = Awaited<ReturnType<typeof startSite>>;

/** Nothing lost, nothing doubled, nothing out of order, and no fault in how it was brought. */
function assertWhole(report: RecordingReport): void {
  const { segments, inOrder, faults, repeated } = report;
  assert.deepEqual(
    { inOrder, faults, repeated, holes: holes(report) },
    { inOrder: true, faults: [], repeated: 0, holes: [] },
  );
  assert.equal(new Set(segments.map(({ start }) => start)).size, segments.length);
}

/** The list plays from end to end without a word and without a hole, and lasts as long as its segments say. */
async function assertPlays(site: Site, report: RecordingReport) {
  const { video, audio } = await assertLasts(site, report);
  // How long the very first picture lasts is not known where ffmpeg moves the time stamps after it.
  assert.deepEqual(strides(video.slice(1), FRAME_SECONDS), []);
  return { video, audio };
}

async function assertLasts({ ovc }: Site, { session, segments }: RecordingReport, toleranceSeconds = FRAME_SECONDS) {
  const { complaints, video, audio } = await play(ovc.recordings.playlistUrl(session));
  assert.equal(complaints, '');
  const said = segments.reduce((sum, { duration }) => sum + duration, 0);
  const played = (video.at(-1) ?? 0) - (video[0] ?? 0) + FRAME_SECONDS;
  assert.ok(Math.abs(said - played) <= toleranceSeconds, `${said} s were announced, ${played} s play`);
  return { video, audio };
}

async function stopped({ ovc }: Site, session: string, channel: number): Promise<RecordingReport> {
  assert.equal(errorOf(await stopRecord(ovc, session, channel)), undefined);
  return saved(ovc, session);
}

async function startsAndStops(site: Site): Promise<void> {
  const { ovc, cameras, channel, publish, stateDirectory } = site;
  assert.equal(errorOf(await startRecord(ovc, 'plain')), undefined);
  await ovc.waitFor(() => channel(0)?.record_session === 'plain');
  const again = await startRecord(ovc, 'plain');
  assert.equal(errorOf(again), undefined);
  assert.ok(again.ms < 3_000);
  await publish('s1', 'with-recording');
  await ovc.waitFor(() => channel(0)?.state === 2 && channel(0)?.record_session === 'plain');
  await stored(ovc, 'plain', 2);
  assert.equal(cameras[0]?.counts.rtsp.main?.players, 1);

  assert.equal(errorOf(await startRecord(ovc, 'other')), undefined);
  await ovc.waitFor(() => channel(0)?.record_session === 'other');
  const first = await saved(ovc, 'plain');
  assertWhole(first);
  assert.ok(first.segments.every(({ confirmed }) => confirmed));
  await assertPlays(site, first);
  for (const { name, duration } of first.segments) {
    const alone = await play(ovc.recordings.playlistUrl('plain').replace('.m3u8', `/${name}`));
    assert.equal(alone.complaints, '');
    const played = (alone.video.at(-1) ?? 0) - (alone.video[0] ?? 0) + FRAME_SECONDS;
    assert.ok(Math.abs(played - duration) <= FRAME_SECONDS, `${name} lasts ${played} s`);
  }

  await stored(ovc, 'other', 1);
  const stop = await stopRecord(ovc, 'other');
  assert.ok(stop.ms < 3_000);
  await ovc.waitFor(() => channel(0) && channel(0)?.record_session === undefined);
  const second = await saved(ovc, 'other');
  assert.ok(second.segments.at(-1)?.confirmed);
  assertWhole(second);
  assert.equal(errorOf(await stopRecord(ovc, 'nobody')), undefined);
  assert.deepEqual(spooled(stateDirectory, 0), []);
  assert.equal(cameras[0]?.counts.rtsp.main?.plays, 1);
}

async function pausesAndResumes(site: Site): Promise<void> {
  const { ovc } = site;
  ovc.recordings.gate('alarm', false);
  await startRecord(ovc, 'alarm', { channel: 1, seg_duration: 1, prerecord_seconds: 3, seg_max_count: 10 });
  await ovc.waitFor(() => (ovc.recordings.get('alarm')?.postponed ?? 0) >= 6, PATIENT);
  const openedAt = Date.now() / 1000;
  ovc.recordings.gate('alarm', true);
  const opened = await stored(ovc, 'alarm', 6);
  const before = openedAt - (opened.segments[0]?.start ?? 0);
  // Of the three segments that are kept, the newest may end when the alarm is heard of, or one segment later; on a busy
  // machine the footage itself may be a second or two late.
  assert.ok(before > 1.5 && before < 8, `${before} s from before the alarm`);
  ovc.recordings.gate('alarm', false);
  const { segments } = opened;
  await ovc.waitFor(() => (ovc.recordings.get('alarm')?.postponed ?? 0) >= opened.postponed + 5, PATIENT);
  ovc.recordings.gate('alarm', true);
  await stored(ovc, 'alarm', segments.length + 4);
  const report = await stopped(site, 'alarm', 1);
  assert.deepEqual({ inOrder: report.inOrder, faults: report.faults }, { inOrder: true, faults: [] });
  assert.equal(holes(report).length, 1, 'only what the pause has dropped is missing');
  assert.deepEqual(spooled(site.stateDirectory, 1), []);
  const list = await (await fetch(ovc.recordings.playlistUrl('alarm'))).text();
  assert.equal(list.match(/#EXT-X-DISCONTINUITY/g)?.length, 1);
  const played = await play(ovc.recordings.playlistUrl('alarm'));
  assert.equal(played.complaints, '');
  assert.ok(report.segments.length >= 10);
}

async function outlivesAnOutage(site: Site): Promise<void> {
  const { ovc, stateDirectory } = site;
  await startRecord(ovc, 'outage', { channel: 2, seg_duration: 1, seg_max_count: MEMORY });
  await stored(ovc, 'outage', 2);
  ovc.faults.setStorage({ down: 'refused' }, 'outage');
  const onDisk = () => spooled(stateDirectory, 2).filter((name) => name.endsWith('.ts')).length;
  // Every attempt of the recorder wakes the wait.
  await ovc.waitFor(() => onDisk() >= 5, PATIENT);
  assert.equal(keepaliveSays(ovc, 2)?.record_session, 'outage');
  ovc.faults.clearStorage('outage');
  await ovc.waitFor(() => onDisk() === 0, PATIENT);
  const report = await stopped(site, 'outage', 2);
  assertWhole(report);
  await assertPlays(site, report);
}

async function outlivesFlapping(site: Site): Promise<void> {
  const { ovc } = site;
  await startRecord(ovc, 'flapping', { channel: 3, seg_duration: 1, seg_max_count: MEMORY });
  await stored(ovc, 'flapping', 1);
  ovc.faults.setStorage({ flapShare: 0.5, flapSeed: 20_261_122 }, 'flapping');
  await ovc.waitFor(() => (ovc.recordings.get('flapping')?.calls ?? 0) >= 60, PATIENT);
  ovc.faults.clearStorage('flapping');
  const report = await stopped(site, 'flapping', 3);
  // A create whose answer was lost is asked again, so names are offered that nobody uses; that is no fault.
  assertWhole(report);
  assert.ok(site.lines.some(({ msg, session_id }) => session_id === 'flapping' && /refused|reached|sense/.test(msg)));
  await assertPlays(site, report);
}

async function recordsOtherCameras(site: Site): Promise<void> {
  const { ovc } = site;
  await startRecord(ovc, 'h265', { channel: 4 });
  await startRecord(ovc, 'silent', { channel: 5 });
  await Promise.all([stored(ovc, 'h265', 2), stored(ovc, 'silent', 2)]);
  const [h265, silent] = await Promise.all([stopped(site, 'h265', 4), stopped(site, 'silent', 5)]);
  assertWhole(h265);
  assertWhole(silent);
  assert.ok((await assertPlays(site, h265)).audio.length > 0);
  assert.equal((await assertPlays(site, silent)).audio.length, 0);
}

async function outlivesAStall(site: Site): Promise<void> {
  const { ovc, cameras, channel } = site;
  await startRecord(ovc, 'stall', { channel: 6 });
  const { segments } = await stored(ovc, 'stall', 1);
  cameras[6]?.habits.set('rtsp-stalls', true);
  // The gateway has noticed, and tries again.
  await ovc.waitFor(() => (cameras[6]?.counts.rtsp.main?.plays ?? 0) > 1, PATIENT);
  assert.equal(channel(6)?.record_session, 'stall');
  cameras[6]?.habits.set('rtsp-stalls', false);
  await stored(ovc, 'stall', segments.length + 3);
  const report = await stopped(site, 'stall', 6);
  assert.equal(report.inOrder, true);
  assert.deepEqual(report.faults, []);
  assert.ok(report.gaps.some(({ seconds }) => seconds > 5));
  // A camera that names its clock only later makes ffmpeg move the time stamps a little, so not every step is a frame.
  await assertLasts(site, report, 0.5);
}

/** A camera that is set to another picture size, and back, while it sends. */
async function followsThePictureSize(site: Site): Promise<void> {
  const { ovc, cameras } = site;
  const channel = CAMERAS.length;
  await startRecord(ovc, 'sizes', { channel, seg_duration: 60 });
  await stored(ovc, 'sizes', 3);
  const report = await stopped(site, 'sizes', channel);
  assertWhole(report);
  const list = ovc.recordings.playlistUrl('sizes');
  const sizes = await Promise.all(report.segments.map(({ name }) => sizeOf(list.replace('.m3u8', `/${name}`))));
  assert.ok(
    sizes.every((size, index) => size !== sizes[index - 1]),
    `segments of ${sizes}`,
  );
  assert.deepEqual(new Set(sizes), new Set(['160x90', '320x180']));
  await assertLasts(site, report);
  assert.equal(cameras[channel]?.counts.rtsp.main?.plays, 1);
}

const WRONG: ReadonlyArray<readonly [string, object]> = [
  ['session_id', { session_id: '' }],
  ['channel', { channel: -1 }],
  ['max_bitrate', { max_bitrate: -1 }],
  ['seg_duration', { seg_duration: 0 }],
  ['seg_duration', { seg_duration: 1e9 }],
  ['seg_max_size', { seg_max_size: 100 }],
  ['seg_max_size', { seg_max_size: 2 ** 31 }],
  ['seg_max_count', { seg_max_count: 0 }],
  ['seg_max_count', { seg_max_count: 'many' }],
  ['prerecord_seconds', { prerecord_seconds: -1 }],
  ['start_ts', { start_ts: 'now' }],
  ['cbk_url', { cbk_url: 'ftp://127.0.0.1/x' }],
  ['cbk_url', { cbk_url: 'nonsense' }],
  ['cbk_url', { cbk_url: `http://127.0.0.1/${'x'.repeat(250)}` }],
];

async function refusesNonsense({ ovc }: Site): Promise<void> {
  for (const [field, params] of WRONG) {
    const err = errorOf(await startRecord(ovc, 'nonsense', params));
    assert.equal(err?.code, 12, JSON.stringify(params));
    assert.match(err?.msg ?? '', new RegExp(field));
  }
  assert.equal(errorOf(await startRecord(ovc, 'nonsense', { channel: 99 }))?.code, 102);
  assert.equal(errorOf(await startRecord(ovc, 'nonsense', { channel: 3, max_bitrate: 1 }))?.code, 11);
  assert.equal(ovc.recordings.get('nonsense'), undefined);
}

const STORIES: ReadonlyArray<readonly [string, (site: Site) => Promise<void>]> = [
  ['a session is started, started again, watched live meanwhile, replaced and stopped', startsAndStops],
  [
    'paused, only the seconds before the alarm are kept; opened, they come first and all that follows',
    pausesAndResumes,
  ],
  ['an outage of the platform is bridged on disk, and all of it delivered in order afterwards', outlivesAnOutage],
  ['a platform that fails at random gets every segment once and in order', outlivesFlapping],
  ['an H.265 camera with G.711 and one without sound are recorded', recordsOtherCameras],
  ['another picture size begins another segment, and the session with the camera stays', followsThePictureSize],
  ['a camera that stalls leaves a gap, and the recording goes on in the same list', outlivesAStall],
  ['orders with a bad parameter are refused with the number 12 and its name', refusesNonsense],
];

test('cloud recording', { concurrency: true }, async (t: TestContext) => {
  const file = join(await scratch(t), 'two-sizes.ts');
  await writeFile(file, await tsFilmOfTwoSizes(3));
  const site = await startSite(t, { cameras: [...CAMERAS, camera({ file, framesPerSecond: 25, audio: 'none' })] });
  await Promise.all(STORIES.map(([name, tell]) => t.test(name, () => tell(site))));
  assert.doesNotMatch(site.text(), /hunter2|"level":60/);
});
