import type { Readable } from 'node:stream';
import PQueue from 'p-queue';
import type { Logger } from 'pino';
import type { CameraStream, Stills } from '../channel/ports.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import type { Feeds } from './feed/feeds.ts';
import { stillFromRtsp, stillsFromFlv } from './ffmpeg/still-arguments.ts';
import { type FlvTag, isKeyFrame, isSequenceHeader } from './flv-tag.ts';
import { flvFile } from './flv-writer.ts';
import { type ProcessOrder, runProcess } from './process.ts';

export interface StillParts {
  /** The ffmpeg to run. */
  readonly command: string;
  readonly feeds: Pick<Feeds, 'cached'>;
  readonly log: Logger;
  readonly clock?: Clock;
}

/** An alarm of all cameras at once must not take the box from the live views. */
const AT_ONCE = 2;
/** Of a longer group only the key frame is decoded: a late picture is not worth seconds of a small box. */
const MOST_DECODED = 75;
/** A decoder may give fewer pictures than were sent; so the last few are asked for, and the last that comes is taken. */
const LAST_FEW = 3;
const MOST_BYTES = 8 * 1024 * 1024;
const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);

type StillOrder = Pick<ProcessOrder, 'args' | 'input' | 'script'>;

/** Single pictures out of video, each by a short ffmpeg: of a Feed that flows anyway, else of the camera's stream. */
export class StillMedia implements Stills {
  readonly #parts: StillParts;
  readonly #queue = new PQueue({ concurrency: AT_ONCE });

  constructor(parts: StillParts) {
    this.#parts = parts;
  }

  grab(streams: readonly CameraStream[]): (signal: AbortSignal) => Promise<Buffer> {
    for (const stream of streams) {
      const tags = this.#parts.feeds.cached(stream);
      if (tags) return (signal) => this.#fromTags(tags, signal);
    }
    const stream = streams[0];
    return async (signal) => {
      if (!stream) throw new GatewayError('feed-failed', 'the camera shows no video');
      return this.#run(stillFromRtsp(stream), signal);
    };
  }

  #fromTags(tags: readonly FlvTag[], signal: AbortSignal): Promise<Buffer> {
    const video = tags.filter(({ kind }) => kind === 'video');
    const pictures = video.filter((tag) => !isSequenceHeader(tag));
    const few = pictures.length <= MOST_DECODED;
    const chosen = few ? video : video.filter((tag) => isSequenceHeader(tag) || isKeyFrame(tag));
    const first = few ? Math.max(0, pictures.length - LAST_FEW) : 0;
    return this.#run({ args: stillsFromFlv(first), input: flvFile(chosen) }, signal);
  }

  async #run(order: StillOrder, signal: AbortSignal): Promise<Buffer> {
    return this.#queue.add(() => this.#once(order, signal));
  }

  async #once(order: StillOrder, signal: AbortSignal): Promise<Buffer> {
    const { command, log, clock = systemClock } = this.#parts;
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onPipes = ([stdout]: readonly Readable[]): void => {
      stdout?.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= MOST_BYTES) chunks.push(chunk);
      });
    };
    signal.throwIfAborted();
    await runProcess({ command, ...order, onPipes }, { signal, log, clock });
    signal.throwIfAborted();
    return lastJpeg(Buffer.concat(chunks), bytes);
  }
}

/** @throws GatewayError `feed-failed` when there is none, or more than a picture has */
function lastJpeg(output: Buffer, bytes: number): Buffer {
  const at = output.lastIndexOf(JPEG_START);
  if (at === -1 || bytes > MOST_BYTES) {
    const reason = at === -1 ? 'nothing that could be decoded' : 'larger than a picture can be';
    throw new GatewayError('feed-failed', 'the video gave no picture', { reason });
  }
  // A copy, so that whoever keeps the picture does not keep the others with it.
  return Buffer.from(output.subarray(at));
}
