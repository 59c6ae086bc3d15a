import { setTimeout as delay } from 'node:timers/promises';
import { GatewayError } from '../../runtime/errors.ts';
import type { Position } from '../../simulator/camera/ptz-head.ts';
import { LOGIN_CODE, type Stage } from './stage.ts';

/** The tour's stops at orders to a camera: it is moved and stopped, keeps a place and finds it again, and reboots. */

const CHANNEL = 0;
const PRESET = 5;
const PATIENT = { timeoutMs: 20_000 };
const LOOK_EVERY_MS = 10;
/** Far enough to be seen. */
const STEP = 0.1;

function head({ cameras: [camera] }: Stage) {
  if (!camera) throw new GatewayError('no-such-channel', 'the stage has no camera');
  return camera.equipment.ptz;
}

function tell({ ovc }: Stage, event: string, params: object = {}): void {
  ovc.say(LOGIN_CODE, JSON.stringify({ event, params: { channel: CHANNEL, ...params } }));
}

/** Equipment has no bell to wait for, so it is looked at. @throws GatewayError `timed-out` */
async function seen(fact: () => boolean): Promise<void> {
  const sinceMs = performance.now();
  while (!fact()) {
    if (performance.now() - sinceMs > PATIENT.timeoutMs) throw new GatewayError('timed-out', 'the camera did not obey');
    await delay(LOOK_EVERY_MS);
  }
}

const words = ({ pan, tilt, zoom }: Position): string =>
  `pan ${pan.toFixed(2)}, tilt ${tilt.toFixed(2)}, zoom ${zoom.toFixed(2)}`;

const isNear = (a: Position, b: Position): boolean =>
  Math.max(Math.abs(a.pan - b.pan), Math.abs(a.tilt - b.tilt), Math.abs(a.zoom - b.zoom)) < STEP / 2;

const online = ({ ovc }: Stage): boolean => {
  const report = ovc.devices.get(LOGIN_CODE)?.report.channels.find(({ channel }) => channel === CHANNEL);
  return (report?.state ?? 0) > 0;
};

/** Moves until it is somewhere else, and stops. */
async function moveAway(stage: Stage, op: string, from: Position): Promise<void> {
  tell(stage, 'CtrlPTZ', { op, value: 80 });
  await seen(() => !isNear(head(stage).position, from));
  tell(stage, 'CtrlPTZ', { op: 'stop' });
  await seen(() => !head(stage).isMoving);
}

async function presetIds({ ovc }: Stage): Promise<string> {
  const answer = await ovc.request(LOGIN_CODE, 'GetPTZPresetList', { channel: CHANNEL });
  if ('err' in answer && answer.err)
    throw new GatewayError('refused', 'the gateway refused', { reason: answer.err.msg });
  return JSON.stringify('resp' in answer ? answer.resp : undefined);
}

export const PTZ_STOPS = [
  {
    name: 'PTZ moves',
    show: async (stage: Stage): Promise<string> => {
      const from = head(stage).position;
      await moveAway(stage, 'upright', from);
      return `from ${words(from)} to ${words(head(stage).position)}, and stands still`;
    },
  },
  {
    name: 'preset',
    show: async (stage: Stage): Promise<string> => {
      const place = head(stage).position;
      tell(stage, 'CtrlPTZ', { op: 'set_preset', value: PRESET });
      await seen(() => stage.cameras[CHANNEL]?.equipment.presets.presets.length === 1);
      await moveAway(stage, 'zoomin', place);
      const away = head(stage).position;
      tell(stage, 'CtrlPTZ', { op: 'goto_preset', value: PRESET });
      await seen(() => isNear(head(stage).position, place));
      return `list ${await presetIds(stage)}; from ${words(away)} back to ${words(head(stage).position)}`;
    },
  },
] as const;

export const REBOOT_STOPS = [
  {
    name: 'reboot',
    show: async (stage: Stage): Promise<string> => {
      const sinceMs = performance.now();
      tell(stage, 'RebootChannel');
      await stage.ovc.waitFor(() => !online(stage), PATIENT);
      const goneMs = performance.now() - sinceMs;
      await stage.ovc.waitFor(() => online(stage), PATIENT);
      const backMs = performance.now() - sinceMs;
      return `offline after ${(goneMs / 1000).toFixed(1)} s, online again after ${(backMs / 1000).toFixed(1)} s`;
    },
  },
] as const;
