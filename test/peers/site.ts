import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { parseConfig } from '../../src/config/read.ts';
import { Gateway } from '../../src/gateway/gateway.ts';
import { type Clock, systemClock } from '../../src/runtime/clock.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { VirtualCamera, type VirtualCameraOptions } from '../../src/simulator/camera/camera.ts';
import { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { readableLog } from './readable-log.ts';

export const CODE = 'OVD1';
export const OVC_PASSWORD = 'ovc-hunter2';
export const CAMERA_PASSWORD = 'cam-hunter2';

export type CameraWish = Partial<VirtualCameraOptions>;

/** A virtual camera with a password that no log may show. */
export function startCamera(t: TestContext, wish: CameraWish = {}): Promise<VirtualCamera> {
  const stop = new AbortController();
  t.after(() => stop.abort());
  const options = { name: 'Cam', serial: 'S1', mac: '02:00:00:00:00:01', username: 'admin', ...wish };
  const password = wish.password ?? new Secret(CAMERA_PASSWORD);
  return closing(
    t,
    VirtualCamera.start({ ...options, password }, { signal: stop.signal, log: readableLog('warn').log }),
  );
}

/** The simulated platform, with one device account. */
export function startOvc(t: TestContext): Promise<OvcSimulator> {
  return closing(t, OvcSimulator.listen({ accounts: { [CODE]: OVC_PASSWORD }, log: readableLog('warn').log }));
}

async function closing<T extends { close(): Promise<void> }>(t: TestContext, opening: Promise<T>): Promise<T> {
  const opened = await opening;
  t.after(() => opened.close());
  return opened;
}

/** More for a channel's part of the configuration: the same for all, or by its number. */
export type Extra = object | ((channel: number) => object);

/** The configuration of a gateway for that platform and those cameras, as JSON. */
export function siteConfig(
  ovc: OvcSimulator,
  cameras: readonly VirtualCamera[],
  { extra = {}, channelsEach = 1 }: { extra?: Extra; channelsEach?: number } = {},
): string {
  const ofChannels = cameras.flatMap((camera) => Array.from({ length: channelsEach }, () => camera));
  return JSON.stringify({
    platform: { url: ovc.url, login_code: CODE, login_password: OVC_PASSWORD },
    web: { listen: '127.0.0.1:0' },
    channels: ofChannels.map(({ host, onvifPort }, channel) => ({
      channel,
      onvif: { host, port: onvifPort, username: 'admin', password: CAMERA_PASSWORD },
      ...(typeof extra === 'function' ? extra(channel) : extra),
    })),
  });
}

/** A whole site in one process: platform, cameras, and a gateway that has found its cameras. */
export async function startSite(
  t: TestContext,
  {
    cameras: wishes = [{}],
    extra = {},
    channelsEach = 1,
    clock = systemClock,
  }: {
    cameras?: readonly CameraWish[];
    extra?: Extra;
    /** How many channels of the configuration are on each camera, as on a recorder. */
    channelsEach?: number;
    clock?: Clock;
  } = {},
) {
  const ovc = await startOvc(t);
  const cameras = await Promise.all(wishes.map((wish) => startCamera(t, wish)));
  const config = parseConfig(siteConfig(ovc, cameras, { extra, channelsEach }), { source: 'site.json', env: {} });
  const { log, lines, text } = readableLog('trace');
  const { platform } = config;
  const login = {
    url: new URL(platform.url),
    loginCode: platform.login_code,
    password: platform.login_password,
    hardwareModel: 'test',
    firmwareModel: '0',
  };
  const stop = new AbortController();
  const stateDirectory = mkdtempSync(join(tmpdir(), 'ovd-site-'));
  const restarts: string[] = [];
  const restart = (reason: string): void => void restarts.push(reason);
  // Whatever keeps the clock of this machine, nobody vouches for the one that the test brings.
  const vouched = clock === systemClock ? {} : { underNtp: async () => false };
  const gateway = await Gateway.open({ config, login, stateDirectory, restart, ...vouched, clock, log });
  const done = gateway.run(stop.signal);
  t.after(async () => {
    stop.abort();
    await done;
    rmSync(stateDirectory, { recursive: true, force: true });
  });
  const channel = (number: number) => ovc.devices.get(CODE)?.report.channels.find((entry) => entry.channel === number);
  await ovc.waitFor(() => cameras.every((_, number) => channel(number)?.state === 1), { timeoutMs: 20_000 });
  const publish = (streamId: string, key: string, params: object = {}) =>
    ovc.request(CODE, 'RTMPPublish', {
      ...{ channel: 0, url: ovc.rtmpUrl('live', key), stream_id: streamId, max_bitrate: 0 },
      ...params,
    });
  const streams = (key: string) => ovc.streams.filter(({ path }) => path === `/live/${key}`);
  return { ovc, cameras, gateway, stateDirectory, restarts, lines, text, stop, done, channel, publish, streams };
}
