import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, rmSync, statSync, truncateSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { VirtualCamera } from '../../src/simulator/camera/camera.ts';
import type { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import type { RecordingReport } from '../../src/simulator/ovc/recording-ledger.ts';
import { GatewayProcess } from '../peers/gateway-process.ts';
import {
  holes,
  keepaliveSays,
  PATIENT,
  play,
  saved,
  spooled,
  startRecord,
  stopRecord,
  stored,
} from '../peers/recorded.ts';
import { scratch } from '../peers/scratch.ts';
import { CODE, siteConfig, startCamera, startOvc } from '../peers/site.ts';

/**
 * Power cuts and full disks: the gateway in a process of its own. What a cut may cost is what is in memory: the segment
 * that grows, and those that are complete and not yet delivered. Of these there are at most `seg_max_count` and the one
 * that is being written; from the first on disk on, all go there, and only that one is left.
 */

const SEGMENT_SECONDS = 1;
const IN_MEMORY = 2;
/** The clock of the segments is that of the first picture's arrival, the end of a segment that of its last. */
const SKEW_SECONDS = 1.5;
/** Nobody listens there, so that what would go by a proxy never arrives. */
const PROXY = 'http://127.0.0.1:9';
const PROXIES = { HTTP_PROXY: PROXY, http_proxy: PROXY, ALL_PROXY: PROXY, NODE_USE_ENV_PROXY: '1' };

interface Box {
  readonly ovc: OvcSimulator;
  readonly stateDirectory: string;
  /** Starts the gateway, and waits until its Keepalive tells of the camera. */
  boot(): Promise<GatewayProcess>;
}

async function box(t: TestContext, camera: VirtualCamera): Promise<Box> {
  const gateways: GatewayProcess[] = [];
  // Before its directory goes, whoever writes there has to.
  t.after(async () => {
    for (const gateway of gateways) gateway.kill('SIGKILL');
    await Promise.all(gateways.map(({ ended }) => ended));
  });
  const [ovc, stateDirectory] = await Promise.all([startOvc(t), scratch(t)]);
  const config = JSON.stringify({ ...JSON.parse(siteConfig(ovc, [camera])), state_dir: stateDirectory });
  const boot = async (): Promise<GatewayProcess> => {
    const logins = ovc.devices.get(CODE)?.report.logins ?? 0;
    const gateway = GatewayProcess.run(t, config, PROXIES);
    gateways.push(gateway);
    const seen = () => (ovc.devices.get(CODE)?.report.logins ?? 0) > logins && (keepaliveSays(ovc)?.state ?? 0) > 0;
    await ovc.waitFor(seen, PATIENT);
    return gateway;
  };
  return { ovc, stateDirectory, boot };
}

async function recording(at: Box, session: string): Promise<GatewayProcess> {
  const gateway = await at.boot();
  await startRecord(at.ovc, session, { seg_duration: SEGMENT_SECONDS, seg_max_count: IN_MEMORY });
  await stored(at.ovc, session, 1);
  return gateway;
}

/** Waits until the gateway has said so. */
async function said({ ovc }: Box, gateway: GatewayProcess, words: string): Promise<void> {
  await ovc.waitFor(() => gateway.text.includes(words), PATIENT);
}

/** Gives the moment of the end in Unix seconds. */
async function cut(gateway: GatewayProcess): Promise<number> {
  gateway.kill('SIGKILL');
  const at = Date.now() / 1000;
  await gateway.ended;
  return at;
}

/** The session goes on by itself after the boot; stops it then, and looks at all that came of it. */
async function afterwards({ ovc }: Box, session: string, cuts: number): Promise<RecordingReport> {
  await ovc.waitFor(() => keepaliveSays(ovc)?.record_session === session, PATIENT);
  const before = ovc.recordings.get(session)?.segments.length ?? 0;
  await stored(ovc, session, before + 2);
  await stopRecord(ovc, session);
  const report = await saved(ovc, session);
  assert.equal(report.inOrder, true);
  assert.deepEqual(report.faults, []);
  assert.equal(new Set(report.segments.map(({ start }) => start)).size, report.segments.length);
  assert.ok(report.repeated <= cuts, `${report.repeated} sent again after ${cuts} cuts`);
  // The one that was delivered right before a cut may stay unconfirmed, its name being known to memory alone.
  assert.ok(report.segments.filter(({ confirmed }) => !confirmed).length <= cuts);
  assert.equal((await play(ovc.recordings.playlistUrl(session))).complaints, '');
  return report;
}

/** When the footage ends that comes before a moment, in Unix seconds. */
function heldUntil({ segments }: RecordingReport, moment: number): number {
  return Math.max(0, ...segments.map(({ start, duration }) => start + duration).filter((end) => end <= moment + 0.5));
}

async function cutDuringAnUpload(t: TestContext, camera: VirtualCamera): Promise<void> {
  const at = await box(t, camera);
  const gateway = await recording(at, 'upload');
  at.ovc.faults.setStorage({ bytesPerSecond: 20_000 });
  await at.ovc.waitFor(() => (at.ovc.recordings.get('upload')?.uploadingBytes ?? 0) > 0, PATIENT);
  const moment = await cut(gateway);
  at.ovc.faults.clear();
  assert.deepEqual(spooled(at.stateDirectory), [], 'while uploads succeed nothing goes to disk');
  await at.boot();
  const report = await afterwards(at, 'upload', 1);
  const lost = moment - heldUntil(report, moment);
  assert.ok(lost <= (IN_MEMORY + 2) * SEGMENT_SECONDS + SKEW_SECONDS, `${lost} s lost`);
}

async function cutDuringAWriteAndAResume(t: TestContext, camera: VirtualCamera): Promise<void> {
  const at = await box(t, camera);
  const { ovc, stateDirectory } = at;
  const first = await recording(at, 'spool');
  ovc.faults.setStorage({ down: 'reset' });
  await ovc.waitFor(() => spooled(stateDirectory).filter(isSegment).length >= 4, PATIENT);
  await nextWrite(stateDirectory);
  const moment = await cut(first);
  const whole = spooled(stateDirectory).filter(isSegment).length;
  tear(stateDirectory);

  // In the middle of taking up what was left, and of delivering it.
  const second = await at.boot();
  await said(at, second, 'recording resumed');
  await cut(second);
  ovc.faults.clear();
  ovc.faults.setStorage({ bytesPerSecond: 200_000 });
  const before = ovc.recordings.get('spool')?.segments.length ?? 0;
  const third = await at.boot();
  await stored(ovc, 'spool', before + 1);
  await ovc.waitFor(() => (ovc.recordings.get('spool')?.uploadingBytes ?? 0) > 0, PATIENT);
  await cut(third);

  ovc.faults.clear();
  const fourth = await at.boot();
  await ovc.waitFor(() => spooled(stateDirectory).filter(isSegment).length === 0, PATIENT);
  const report = await afterwards(at, 'spool', 3);
  assert.ok(second.text.includes('unfinished segment dropped'));
  const lost = moment - heldUntil(report, moment);
  assert.ok(lost <= 2 * SEGMENT_SECONDS + SKEW_SECONDS, `${lost} s lost of what should have been on disk`);
  const untilCut = report.segments.filter(({ start }) => start < moment).length;
  assert.ok(untilCut >= whole + before, 'every segment that was on disk has arrived');
  assert.ok(holes(report).length <= 3, 'nothing is missing but around the cuts');
  fourth.kill('SIGTERM');
  assert.equal(await fourth.ended, 0);
}

const isSegment = (name: string): boolean => name.endsWith('.ts');

/** Resolves in the middle of the next write to the spool. */
async function nextWrite(stateDirectory: string): Promise<void> {
  const spool = join(stateDirectory, 'spool');
  const [folder = ''] = readdirSync(spool);
  await new Promise<void>((resolve) => {
    const watcher = watch(join(spool, folder), (_, name) => {
      if (!name?.endsWith('.part')) return;
      watcher.close();
      resolve();
    });
  });
}

/** What a cut leaves on media without a journal: a name whose content is not all there, and a write without a name. */
function tear(stateDirectory: string): void {
  const newest = spooled(stateDirectory).filter(isSegment).at(-1) ?? '';
  const path = join(stateDirectory, 'spool', newest);
  const torn = path.replace(/\/\d{10}_/, '/9000000000_');
  copyFileSync(path, torn);
  truncateSync(torn, Math.floor(statSync(path).size / 2));
  writeFileSync(path.replace(/\/\d{10}_/, '/9000000001_').concat('.part'), 'x');
}

async function diskRunsFull(t: TestContext, camera: VirtualCamera): Promise<void> {
  const at = await box(t, camera);
  const { ovc, stateDirectory } = at;
  const gateway = await recording(at, 'full');
  const state = () => ovc.devices.get(CODE)?.report.state;
  assert.equal(state(), 1);
  // A file may have no more bytes than half a segment: writes fail in the middle, as on a full disk.
  limitFiles(gateway.pid, 30_000);
  ovc.faults.setStorage({ down: 'reset' });
  await ovc.waitFor(() => state() === 3, PATIENT);
  await said(at, gateway, 'segment lost');
  assert.deepEqual(spooled(stateDirectory).filter(isSegment), []);
  limitFiles(gateway.pid, 'unlimited');
  await ovc.waitFor(() => state() === 1 && spooled(stateDirectory).filter(isSegment).length > 0, PATIENT);
  ovc.faults.clear();
  const report = await afterwards(at, 'full', 0);
  assert.equal(holes(report).length, 1, 'what memory could not hold is missing, in one piece');
}

function limitFiles(pid: number, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
}

async function diskTakesNothing(t: TestContext, camera: VirtualCamera): Promise<void> {
  const at = await box(t, camera);
  const { ovc, stateDirectory } = at;
  const state = () => ovc.devices.get(CODE)?.report.state;
  // A file where the spool should be: whoever runs the test, even root, cannot write there.
  const spool = join(stateDirectory, 'spool');
  writeFileSync(spool, '');
  const gateway = await recording(at, 'readonly');
  ovc.faults.setStorage({ down: 'reset' });
  await ovc.waitFor(() => state() === 3, PATIENT);
  assert.equal(keepaliveSays(ovc)?.record_session, 'readonly');
  await said(at, gateway, 'the disk takes no segments');
  ovc.faults.clear();
  rmSync(spool);
  await ovc.waitFor(() => state() === 1, PATIENT);
  const report = await afterwards(at, 'readonly', 0);
  assert.ok(holes(report).length <= 1);
  gateway.kill('SIGTERM');
  assert.equal(await gateway.ended, 0);
}

const STORIES: ReadonlyArray<readonly [string, (t: TestContext, camera: VirtualCamera) => Promise<void>]> = [
  ['a power cut in the middle of an upload costs what was in memory, and the session goes on', cutDuringAnUpload],
  ['power cuts while writing to disk, resuming and draining lose nothing that was on disk', cutDuringAWriteAndAResume],
  ['a disk that runs full leaves memory, is told of by Keepalive, and is used again when it can', diskRunsFull],
  [
    'a disk that takes nothing leaves memory, the gateway runs on, and Keepalive tells when it takes something again',
    diskTakesNothing,
  ],
];

test('recording through power cuts and full disks', { concurrency: true }, async (t) => {
  const camera = await startCamera(t, { main: { audio: 'AAC' }, habits: ['rtsp-joins-mid-gop'] });
  await Promise.all(STORIES.map(([name, tell]) => t.test(name, (own) => tell(own, camera))));
});
