import type { Logger } from 'pino';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { supervise } from '../../runtime/supervise.ts';
import { runFfmpeg } from './child-process.ts';
import { type FilmSetting, filmFor } from './film.ts';
import { runLivePicture } from './view/live-picture.ts';
import type { Viewfinder } from './view/viewfinder.ts';

export interface SourceParts {
  /** What to show, or the path of a film of the caller's own, whose streams are taken as they are. */
  readonly show: FilmSetting | string;
  /** What is seen, in place of a test film. */
  readonly view?: Viewfinder | undefined;
  /** Where to publish it. */
  readonly to: URL;
  readonly log: Logger;
  readonly clock?: Clock;
}

const PAUSES = { minMs: 100, maxMs: 2_000, healthyMs: 5_000 };

/**
 * Keeps one picture flowing into one RTSP mount until the signal aborts: one ffmpeg, which of a film only makes copies.
 * Should it be killed it is started again; should this process be killed, its socket breaks and it ends by itself.
 */
export async function runSource(parts: SourceParts, signal: AbortSignal): Promise<void> {
  const { show, view, to, log, clock = systemClock } = parts;
  const once = async (attempt: AbortSignal): Promise<void> => {
    if (view && typeof show !== 'string') return runLivePicture(to, { view, setting: show, log, clock }, attempt);
    const film = typeof show === 'string' ? show : await filmFor(show, { log, clock }, attempt);
    await runFfmpeg(publishing(film, to), { signal: attempt, log });
  };
  await supervise(once, { signal, log, pauses: PAUSES, clock });
}

function publishing(film: string, to: URL): string[] {
  const input = ['-re', '-stream_loop', '-1', '-i', film, '-map', '0', '-c', 'copy'];
  return [...input, '-f', 'rtsp', '-rtsp_transport', 'tcp', to.href];
}
