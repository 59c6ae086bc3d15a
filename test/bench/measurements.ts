import { answerTimes } from './measure/answers.ts';
import { linkRestored, startToKeepalive } from './measure/link.ts';
import { liveCost, recordCost } from './measure/live-cost.ts';
import { moveTimes } from './measure/ptz.ts';
import { publishTimes } from './measure/publish.ts';
import { backlogDrain, pausedMemory } from './measure/recording.ts';
import { stallTimes } from './measure/stall.ts';
import type { BenchOptions } from './options.ts';
import type { Row } from './report.ts';
import type { Stage } from './stage.ts';

export interface Measurement {
  /** For `--only`. */
  readonly name: string;
  /** How it is measured, for whoever doubts the figures. */
  readonly how: string;
  /** @throws Error when it could not be made */
  make(stage: Stage, options: BenchOptions): Promise<readonly Row[]>;
}

/** All measurements, in the order in which they are made. Another one is another row. */
export const MEASUREMENTS: readonly Measurement[] = [
  {
    name: 'live',
    how: 'all cameras pushed, by the gateway and by one plain ffmpeg each, in turns; CPU and PSS of the whole process tree',
    make: liveCost,
  },
  {
    name: 'record',
    how: 'the same with a cloud recording of each camera, half of them paused with pre-record, beside two plain ffmpegs each: one pushes, one cuts segments',
    make: recordCost,
  },
  {
    name: 'record-paused',
    how: 'a cloud recording of each camera, paused, its pre-record full; what its segments take is told apart by its metrics',
    make: pausedMemory,
  },
  {
    name: 'record-backlog',
    how: 'a cloud recording of each camera, the storage refuses connections for a while: the segments of that time, from the first to the last stored',
    make: backlogDrain,
  },
  {
    name: 'publish',
    how: 'order (for ffmpeg: spawn) to first whole key frame at the RTMP server; mid-GOP, both join at the same distances to the next one',
    make: publishTimes,
  },
  {
    name: 'start',
    how: 'spawn of the process to its first Keepalive at the platform, all cameras configured',
    make: startToKeepalive,
  },
  {
    name: 'answers',
    how: 'QueryTime to its answer, one after the other, 64 channels configured and online',
    make: answerTimes,
  },
  {
    name: 'ptz',
    how: 'CtrlPTZ sent by the platform to the SOAP request at the camera, through a wire of this process; cameras in turn, online only and then all live',
    make: moveTimes,
  },
  {
    name: 'stall',
    how: 'cameras keep their RTSP session and send nothing: to the Keepalive that says so; sending again: to the next picture at the RTMP server',
    make: stallTimes,
  },
  {
    name: 'link',
    how: 'five gateways whose link has been up for 12 s; it is cut and the address closed for the time given, then open again: to the first Keepalive',
    make: linkRestored,
  },
];
