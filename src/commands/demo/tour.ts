import { GatewayError } from '../../runtime/errors.ts';
import { ALARM_STOPS } from './alarm-stops.ts';
import { PTZ_STOPS, REBOOT_STOPS } from './control-stops.ts';
import { DISCOVERY_STOPS } from './discovery-stops.ts';
import { RECORDING_STOPS } from './recording-stops.ts';
import { LOGIN_CODE, type Stage } from './stage.ts';

/** What the tour's stops share: the stage, and the moment the present stop began. */
export interface Visit extends Stage {
  readonly sinceMs: number;
}

interface Stop {
  readonly name: string;
  /** Does what the stop shows, and says what was seen. @throws GatewayError when it did not happen */
  show(visit: Visit): Promise<string>;
}

const STREAM_ID = 'tour-live-1';
const COLD_START_MS = 20_000;

const device = ({ ovc }: Stage) => ovc.devices.get(LOGIN_CODE)?.report;
const channelState = (stage: Stage) => device(stage)?.channels.find(({ channel }) => channel === 0);

/** The tour: each row one stop, in the order in which they are made. */
const TOUR: readonly Stop[] = [
  {
    name: 'login',
    show: async (visit) => {
      await visit.ovc.waitFor(() => device(visit)?.connected, { timeoutMs: COLD_START_MS });
      return `as ${LOGIN_CODE}, ${device(visit)?.models?.hardware} ${device(visit)?.models?.firmware}`;
    },
  },
  {
    name: 'first keepalive',
    show: async (visit) => {
      await visit.ovc.waitFor(() => (device(visit)?.keepalives ?? 0) > 0, { timeoutMs: COLD_START_MS });
      return `${device(visit)?.channels.length} channels`;
    },
  },
  {
    name: 'cameras online',
    show: async (visit) => {
      await visit.ovc.waitFor(() => device(visit)?.channels.every(({ state }) => state > 0), {
        timeoutMs: COLD_START_MS,
      });
      return 'each logged in over ONVIF';
    },
  },
  ...DISCOVERY_STOPS,
  {
    name: 'publish accepted',
    show: async ({ ovc }) => {
      const params = { channel: 0, url: ovc.rtmpUrl('live', 'tour?token=t0p'), stream_id: STREAM_ID, max_bitrate: 0 };
      await answered(ovc.request(LOGIN_CODE, 'RTMPPublish', params));
      return 'RTMPPublish answered {}';
    },
  },
  {
    name: 'first key frame',
    show: async ({ ovc }) => {
      const stream = await ovc.waitFor(() => ovc.streams.find(({ video }) => video?.firstKeyFrameMs !== undefined));
      const { codec, width, height } = stream.video ?? {};
      return `${codec} ${width}x${height}, sound ${stream.audio?.codec ?? 'none'}, ${stream.video?.firstKeyFrameMs} ms after the publish`;
    },
  },
  {
    name: 'keepalive says live',
    show: async (visit) => {
      await visit.ovc.waitFor(() => channelState(visit)?.state === 2 && channelState(visit)?.stream_id === STREAM_ID);
      return `channel 0 state 2, stream_id ${STREAM_ID}`;
    },
  },
  {
    name: 'stream flows',
    show: async ({ ovc }) => {
      const stream = await ovc.waitFor(() => ovc.streams.find(({ video }) => (video?.keyFrames ?? 0) >= 3), {
        timeoutMs: COLD_START_MS,
      });
      const { frames = 0, backwardSteps } = stream.video ?? {};
      return `${frames} frames, ${Math.round(stream.bytes / 1024)} KiB, ${backwardSteps} backward time stamps`;
    },
  },
  {
    name: 'stop',
    show: async ({ ovc }) => {
      await answered(ovc.request(LOGIN_CODE, 'RTMPStopPublish', { channel: 0, stream_id: STREAM_ID }));
      const { ended } = await ovc.waitFor(() => ovc.streams.find((stream) => stream.ended));
      if (ended?.how !== 'unpublished') throw new GatewayError('publish-failed', 'the stream did not end cleanly');
      return 'the RTMP server has seen a clean end';
    },
  },
  ...PTZ_STOPS,
  ...ALARM_STOPS,
  ...RECORDING_STOPS,
  ...REBOOT_STOPS,
];

async function answered(answer: ReturnType<Stage['ovc']['request']>): Promise<void> {
  const given = await answer;
  if ('err' in given && given.err) throw new GatewayError('refused', 'the gateway refused', { reason: given.err.msg });
}

/** Makes every stop in turn and prints a line for each with its time; false when one failed, which ends the tour. */
export async function takeTour(stage: Stage, print: (line: string) => void): Promise<boolean> {
  const began = performance.now();
  for (const { name, show } of TOUR) {
    const sinceMs = performance.now();
    const line = (mark: string, words: string): string =>
      `${mark} ${name.padEnd(20)} ${seconds(performance.now() - sinceMs)}   ${words}`;
    try {
      print(line('ok  ', await show({ ...stage, sinceMs })));
    } catch (err) {
      print(line('FAIL', err instanceof GatewayError ? err.sentence : String(err)));
      return false;
    }
  }
  print(`tour done in ${seconds(performance.now() - began).trim()}`);
  return true;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3).padStart(7)} s`;
