import type { Logger } from 'pino';
import type { CameraStream, Footage, RecordReport, RecordSettings } from '../channel/ports.ts';
import { REFUSED_LOGIN_PAUSES } from '../channel/refused-login.ts';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { Scope } from '../runtime/scope.ts';
import { type Pauses, supervise } from '../runtime/supervise.ts';
import { Intake } from './intake.ts';
import type { Segment } from './segment.ts';
import { Segmenter } from './segmenter.ts';
import { Timeline } from './timeline.ts';

/** Camera to segments, for as long as one order lasts. Knows no platform but for the time stamp it begins with. */

const FOOTAGE_PAUSES: Pauses = { minMs: 1_000, maxMs: 8_000, healthyMs: 30_000 };

export interface SessionParts {
  readonly footage: Footage;
  readonly stream: CameraStream;
  readonly limits: Pick<RecordSettings, 'segmentSeconds' | 'segmentMaxBytes'>;
  /** Asks with which DTS to begin; undefined leaves the source's own. */
  readonly firstDts: (signal: AbortSignal) => Promise<number | undefined>;
  /** The time of day, in microseconds, that a picture which arrives now shall have. */
  readonly startUs: () => number;
  readonly onSegment: (segment: Segment) => void;
  readonly report: (report: RecordReport) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Records until the signal aborts, then gives out the last segment. */
export async function runSession(parts: SessionParts, signal: AbortSignal): Promise<void> {
  const { footage, stream, limits, report, onSegment, clock, log } = parts;
  const asking = new Scope(signal);
  let begunUs = 0;
  const intake = new Intake({
    maxHeldBytes: limits.segmentMaxBytes,
    onFull: () => asking.end(),
    onBegin: () => {
      begunUs = parts.startUs();
    },
    report,
    clock,
  });
  const pausesByKind = { 'camera-unauthorized': REFUSED_LOGIN_PAUSES };
  const onFailure = (err: unknown): void => intake.broken(words(err));
  const supervision = { signal, clock, log, pauses: FOOTAGE_PAUSES, pausesByKind, onFailure };
  const recording = supervise((stay) => footage.record(stream, intake, stay), supervision);

  const firstDts = await parts.firstDts(asking.signal).finally(() => asking.end());
  const timeline = new Timeline({ firstDts, startUs: () => begunUs, clock });
  const segmenter = new Segmenter({ limits, timeline, log, onSegment });
  intake.release(segmenter);
  await recording;
  segmenter.finish();
}

function words(err: unknown): string {
  return err instanceof GatewayError ? err.sentence : 'the stream of the camera ended';
}
