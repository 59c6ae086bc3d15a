import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { configFile, GatewayProcess } from '../peers/gateway-process.ts';
import { holes, play, saved, startRecord, stopRecord, stored } from '../peers/recorded.ts';
import { CODE, OVC_PASSWORD, siteConfig, startCamera, startOvc } from '../peers/site.ts';

const PATIENT = { timeoutMs: 60_000 };
const report = (ovc: OvcSimulator) => ovc.devices.get(CODE)?.report;
const state = (ovc: OvcSimulator, channel: number) =>
  report(ovc)?.channels.find((entry) => entry.channel === channel)?.state;

const recorded = (ovc: OvcSimulator, channel: number) =>
  report(ovc)?.channels.find((entry) => entry.channel === channel)?.record_session;

/** What a site's configuration says, to be said otherwise. */
interface Written {
  platform: Record<string, unknown>;
  channels: Array<Record<string, unknown>>;
  log?: object;
  ffmpeg?: object;
}

async function site(t: TestContext) {
  const [ovc, camera] = await Promise.all([startOvc(t), startCamera(t)]);
  const text = siteConfig(ovc, [camera], { channelsEach: 2 });
  const file = configFile(t, text);
  const gateway = new GatewayProcess(t, ['run', '-c', file]);
  await ovc.waitFor(() => state(ovc, 0) === 1 && state(ovc, 1) === 1, PATIENT);
  await ovc.request(CODE, 'RTMPPublish', {
    ...{ channel: 0, url: ovc.rtmpUrl('live', 'p'), stream_id: 's', max_bitrate: 0 },
  });
  await ovc.waitFor(() => state(ovc, 0) === 2, PATIENT);
  /** Writes the file anew, changed, as an editor does. */
  const edit = (change: (config: Written) => void): void => {
    const config: Written = JSON.parse(text);
    change(config);
    writeFileSync(`${file}.new`, JSON.stringify(config));
    renameSync(`${file}.new`, file);
  };
  return { ovc, camera, gateway, edit, file };
}

test('a changed file costs only what it changes: an unchanged channel stays live through all of it', async (t) => {
  const { ovc, gateway, edit } = await site(t);

  edit((config) => {
    config.channels = config.channels.map((channel) => ({ ...channel, name: 'Renamed' }));
    config.log = { level: 'debug' };
  });
  await gateway.says('"costs":["channels","log"]');

  edit((config) => {
    const [one, two] = config.channels;
    config.channels = [{ ...one }, { ...two, channel: 7 }];
  });
  await ovc.waitFor(() => state(ovc, 7) === 1 && state(ovc, 1) === undefined, PATIENT);

  const logins = ovc.devices.get(CODE)?.report.connected;
  edit((config) => {
    config.platform.hardware_model = 'another model';
  });
  await gateway.says('"costs":["link","channels"]');
  await ovc.waitFor(() => state(ovc, 0) === 2 && state(ovc, 1) === 1, PATIENT);
  assert.ok(logins);

  const [push, ...more] = ovc.streams;
  assert.deepEqual(more, []);
  assert.equal(push?.ended, undefined, 'the RTMP session has lived through it all');
  assert.equal(state(ovc, 0), 2);
});

test('a channel that is live is live again by itself when it is built anew', async (t) => {
  const { ovc, edit } = await site(t);
  edit((config) => {
    config.channels[0] = { ...config.channels[0], live: { audio: 'none' } };
  });
  await ovc.waitFor(() => ovc.streams.length === 2 && ovc.streams[0]?.ended !== undefined, PATIENT);
  await ovc.waitFor(() => state(ovc, 0) === 2, PATIENT);
  assert.equal(ovc.streams[1]?.ended, undefined);
  // So it is when all is built anew.
  edit((config) => {
    config.channels[0] = { ...config.channels[0], live: { audio: 'none' } };
    config.ffmpeg = { max_transcodes: 3 };
  });
  await ovc.waitFor(() => ovc.streams.length === 3 && ovc.streams[1]?.ended !== undefined, PATIENT);
  await ovc.waitFor(() => state(ovc, 0) === 2, PATIENT);
  await ovc.request(CODE, 'RTMPStopPublish', { channel: 0, stream_id: 's' });
  await ovc.waitFor(() => ovc.streams[2]?.ended !== undefined && state(ovc, 0) === 1, PATIENT);
});

test('a bad file changes nothing and is told once with all its faults; SIGHUP reads it again, and a change of all builds all anew', async (t) => {
  const { ovc, gateway, edit, file } = await site(t);
  writeFileSync(file, '{"platform": {"url": 7}, "nonsense": true}');
  const line = await gateway.says('the configuration is not valid');
  for (const word of ['platform.url', 'login_code', 'nonsense']) assert.match(line, new RegExp(word));
  assert.equal(state(ovc, 0), 2);
  edit((config) => {
    config.log = { level: 'debug' };
  });
  gateway.kill('SIGHUP');
  await gateway.says('"costs":["log"]');
  assert.equal(gateway.lines.filter((each) => each.includes('the configuration is not valid')).length, 1);
  assert.equal(ovc.streams[0]?.ended, undefined);

  edit((config) => Object.assign(config, { recording: { spool_max_bytes: 1_000_000 } }));
  await gateway.says('"costs":["gateway"');
  await ovc.waitFor(() => ovc.streams[0]?.ended !== undefined && ovc.streams.length === 2, PATIENT);
  assert.doesNotMatch(gateway.text, new RegExp(OVC_PASSWORD));
});

test('a recording goes on in its session when its channel is changed, and when all is built anew', async (t) => {
  const { ovc, gateway, edit } = await site(t);
  await startRecord(ovc, 'kept', { seg_duration: 1 });
  /** The session is there again and brings more. */
  const goesOn = async (): Promise<void> => {
    await ovc.waitFor(() => recorded(ovc, 0) === 'kept', PATIENT);
    await stored(ovc, 'kept', (ovc.recordings.get('kept')?.segments.length ?? 0) + 3);
  };
  await goesOn();
  const silent = (config: Written): void => {
    config.channels[0] = { ...config.channels[0], live: { audio: 'none' } };
  };
  edit(silent);
  gateway.kill('SIGHUP');
  await gateway.says('"costs":["channels"]');
  await goesOn();
  edit((config) => {
    silent(config);
    Object.assign(config, { recording: { spool_max_bytes: 1_000_000 } });
  });
  gateway.kill('SIGHUP');
  await gateway.says('"costs":["gateway"');
  await goesOn();
  await stopRecord(ovc, 'kept');
  const report = await saved(ovc, 'kept');
  const { inOrder, faults, repeated } = report;
  assert.deepEqual(
    { inOrder, faults, repeated, holes: holes(report) },
    { inOrder: true, faults: [], repeated: 0, holes: [] },
  );
  assert.ok(report.segments.every(({ confirmed }) => confirmed));
  assert.equal((await play(ovc.recordings.playlistUrl('kept'))).complaints, '');
});
