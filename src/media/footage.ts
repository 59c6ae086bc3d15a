import type { CameraStream, Footage, FootageConsumer } from '../channel/ports.ts';
import type { Feeds } from './feed/feeds.ts';
import { TsReader } from './ts/ts-reader.ts';

/** Footage for recordings: the camera's own video from the Feed it may share with a live view. */
export class FootageMedia implements Footage {
  readonly #feeds: Feeds;

  constructor(feeds: Feeds) {
    this.#feeds = feeds;
  }

  async record(stream: CameraStream, consumer: FootageConsumer, signal: AbortSignal): Promise<void> {
    let reader = new TsReader(consumer);
    const source = { name: stream.name, stream, video: 'copy' as const, maxBitsPerSecond: 0 };
    const onTs = (chunk: Buffer): void => reader.push(chunk);
    // What an ffmpeg left unfinished must not be joined to what the next one begins.
    const onRestart = (): void => {
      reader = new TsReader(consumer);
      consumer.onGap();
    };
    // The segment ends when the camera goes, not when it comes back.
    const onDown = (): void => consumer.onGap();
    await this.#feeds.open(source, { onTs, onRestart, onDown }, signal);
  }
}
