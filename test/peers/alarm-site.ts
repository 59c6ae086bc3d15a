import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { AlarmPost, type AlarmPostParts } from '../../src/alarms/alarm-post.ts';
import { PicturePost } from '../../src/alarms/picture-post.ts';
import { PictureUpload } from '../../src/alarms/picture-upload.ts';
import type { Alarm } from '../../src/channel/alarm.ts';
import { Channel } from '../../src/channel/channel.ts';
import { Channels } from '../../src/channel/channels.ts';
import type { Camera, CameraListener, CameraPicture, CameraStream, Recorder } from '../../src/channel/ports.ts';
import { ViewOnly } from '../../src/channel/view-only.ts';
import { localDateTime } from '../../src/device/local-time.ts';
import { Feeds } from '../../src/media/feed/feeds.ts';
import { EncoderChoice } from '../../src/media/ffmpeg/encoder-choice.ts';
import { LiveMedia } from '../../src/media/live.ts';
import { StillMedia } from '../../src/media/still.ts';
import { alarmNotice } from '../../src/ovc/alarm-notice.ts';
import { OvcLink } from '../../src/ovc/ovc-link.ts';
import { PlatformHttp } from '../../src/recording/http.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { GatewayError } from '../../src/runtime/errors.ts';
import { aborted } from '../../src/runtime/scope.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { together } from '../../src/runtime/supervise.ts';
import { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { Store } from '../../src/store/store.ts';
import { stillBox } from './idle-orders.ts';
import { readableLog } from './readable-log.ts';

export const CODE = 'OVD1';
const PASSWORD = 'ovc-hunter2';

/** A camera whose alarms and snapshots are the test's; its video is whatever stream it is given. */
export class AlarmCamera extends ViewOnly implements Camera {
  readonly streams: readonly CameraStream[];
  /** What a snapshot gives; `undefined` for a camera that has none. */
  jpeg: (() => Promise<Buffer>) | undefined;
  #listener: CameraListener | undefined;

  constructor(streams: readonly CameraStream[] = []) {
    super(readableLog().log);
    this.streams = streams;
  }

  async watch(listener: CameraListener, signal: AbortSignal): Promise<void> {
    this.#listener = listener;
    listener.seen({ streams: this.streams, device: undefined, clockOffsetMs: 0 });
    await aborted(signal);
  }

  info(): Promise<CameraPicture> {
    return Promise.reject(new GatewayError('unsupported', 'nobody asks'));
  }

  override snapshot(): Promise<Buffer> {
    return this.jpeg ? this.jpeg() : super.snapshot();
  }

  tell(alarm: Alarm, state: 'start' | 'end', at = new Date()): void {
    this.#listener?.alarm({ alarm, state, at, desc: `${alarm} ${state}`, initial: false });
  }
}

const NO_RECORDER: Recorder = {
  record: (_order, _report, signal) => aborted(signal),
  finish: () => undefined,
  unfinished: () => undefined,
};

interface Wishes {
  readonly ovc?: OvcSimulator;
  readonly camera?: AlarmCamera;
  readonly method?: 'POST' | 'PUT';
  /** The test's own; it ends the site before the directory goes. */
  readonly directory?: string;
}

/** The simulated platform, for several sites one after the other. */
export async function startPlatform(t: TestContext): Promise<OvcSimulator> {
  const ovc = await OvcSimulator.listen({ accounts: { [CODE]: PASSWORD }, log: readableLog('warn').log });
  t.after(() => ovc.close());
  return ovc;
}

/** All of the gateway that an alarm goes through, put together as the gateway does, with one such camera. */
export async function alarmSite(t: TestContext, wishes: Wishes = {}) {
  const ovc = wishes.ovc ?? (await startPlatform(t));
  const camera = wishes.camera ?? new AlarmCamera();
  const { log, text, lines } = readableLog();
  const clock = systemClock;
  const encoders = new EncoderChoice({ command: 'ffmpeg', clock, log });
  const feeds = new Feeds({ command: 'ffmpeg', encoders, maxTranscodes: 1, clock, log });
  const directory = wishes.directory ?? mkdtempSync(join(tmpdir(), 'ovd-alarms-'));
  const store = await Store.open({ directory, clock, log });
  const upload = new PictureUpload({ http: new PlatformHttp(), method: wishes.method ?? 'POST', clock });
  const notify: AlarmPostParts['notify'] = async (edge, received) =>
    (await link.call('AlarmNotify', alarmNotice(edge, localDateTime), received)).pic_upload_url;
  const pictures = new PicturePost({ upload, clock, log });
  const alarms = new AlarmPost({ notify, linked: () => link.up, book: store, pictures, clock, log });
  const wish = { profile: 'auto', video: 'auto', audio: 'auto' } as const;
  const channel = new Channel({
    ...{ settings: { channel: 0, standby: false, live: wish, record: { profile: 'auto' } }, camera },
    ...{ live: new LiveMedia({ feeds, clock, log }), recorder: NO_RECORDER },
    ...{ stills: new StillMedia({ command: 'ffmpeg', feeds, clock, log }), alarms },
    ...{ clock, log, onChange: () => link.changed() },
  });
  const channels = new Channels([channel]);
  const link: OvcLink = new OvcLink({
    login: {
      ...{ url: new URL(ovc.url), loginCode: CODE, password: new Secret(PASSWORD) },
      ...{ hardwareModel: 'box', firmwareModel: '1' },
    },
    handlers: { orders: channels, box: { ...stillBox, localDateTime: () => localDateTime(clock.wall()) } },
    report: () => ({ state: 'online', channels: channels.states }),
    onUp: () => alarms.linkUp(),
    ...{ clock, log, random: () => 0.05 },
  });
  const stop = new AbortController();
  const done = together(stop.signal, [link, channels, alarms, feeds, store]).finally(() => store.flush());
  const end = async (): Promise<void> => {
    stop.abort();
    await done;
    if (wishes.directory === undefined) rmSync(directory, { recursive: true, force: true });
  };
  t.after(end);
  return { ovc, camera, alarms, feeds, link, store, lines, text, end };
}
