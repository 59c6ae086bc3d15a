import type { Writable } from 'node:stream';
import type { Logger } from 'pino';
import type { Clock } from '../../../runtime/clock.ts';
import { runFfmpeg } from '../child-process.ts';
import { encoding, type FilmSetting, soundOf } from '../film.ts';
import type { Viewfinder } from './viewfinder.ts';

/** What a viewfinder shows, encoded as it is seen: costs an encoder, where a film is only copied. */

export interface LivePictureParts {
  readonly view: Viewfinder;
  readonly setting: FilmSetting;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Publishes it to an RTSP server until the signal aborts. @throws GatewayError `process-failed` */
export function runLivePicture(to: URL, parts: LivePictureParts, signal: AbortSignal): Promise<void> {
  const { setting, log } = parts;
  const { input, output } = soundOf(setting);
  const args = [
    ...rawInput(setting),
    ...(input.length > 0 ? ['-re', ...input] : []),
    ...encoding(setting),
    ...output,
    ...['-f', 'rtsp', '-rtsp_transport', 'tcp', to.href],
  ];
  const feed = (stdin: Writable, life: AbortSignal): Promise<void> => pictures(stdin, parts, life);
  return runFfmpeg(args, { signal, log, feed });
}

/** The picture of this moment as JPEG. @throws GatewayError `process-failed` */
export async function jpegOf({ view, setting, log }: LivePictureParts, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const feed = (stdin: Writable): Promise<void> => written(stdin, view.frame());
  const args = [...rawInput(setting), '-frames:v', '1', '-pix_fmt', 'yuvj420p', '-f', 'mjpeg', 'pipe:1'];
  await runFfmpeg(args, { signal, log, feed, hear: (chunk) => void chunks.push(chunk) });
  return Buffer.concat(chunks);
}

function rawInput({ width, height, framesPerSecond }: FilmSetting): string[] {
  const shape = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`];
  return [...shape, '-r', String(framesPerSecond), '-i', 'pipe:0'];
}

/** One picture after another, at their pace; who comes late catches up, so that picture and sound stay together. */
async function pictures(
  stdin: Writable,
  { view, setting, clock }: LivePictureParts,
  signal: AbortSignal,
): Promise<void> {
  const since = clock.now();
  for (let sent = 0; !signal.aborted; sent++) {
    await clock.sleep(Math.max(0, since + (sent * 1000) / setting.framesPerSecond - clock.now()), signal);
    if (!signal.aborted) await written(stdin, view.frame());
  }
}

/** Resolves when the memory may be drawn on again; also when the pipe is broken, which its owner sees. */
function written(stdin: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => stdin.write(bytes, () => resolve()));
}
