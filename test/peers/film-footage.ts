import { EventEmitter, once } from 'node:events';
import type { CameraStream, Footage, FootageConsumer } from '../../src/channel/ports.ts';
import type { GatewayError } from '../../src/runtime/errors.ts';
import { aborted } from '../../src/runtime/scope.ts';
import { footage } from './cutting.ts';
import type { FakeClock } from './fake-clock.ts';

/** A camera whose footage the test plays, in step with the clock. */
export class FilmFootage implements Footage {
  readonly #clock: FakeClock;
  readonly #events = new EventEmitter();
  #consumer: FootageConsumer | undefined;
  /** What opening the stream fails with. */
  failure: GatewayError | undefined;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async record(_stream: CameraStream, consumer: FootageConsumer, signal: AbortSignal): Promise<void> {
    if (this.failure) throw this.failure;
    this.#consumer = consumer;
    this.#events.emit('opened');
    await aborted(signal);
    this.#consumer = undefined;
  }

  /** Plays runs of the film to whoever records, once somebody does. */
  async play(film: Buffer, { from = 0, to = Number.POSITIVE_INFINITY } = {}): Promise<void> {
    if (!this.#consumer) await once(this.#events, 'opened');
    const { tables, runs } = footage(film);
    for (const setup of tables) this.#consumer?.onSetup(setup);
    let last: number | undefined;
    for (const run of runs.slice(from, to)) {
      if (last !== undefined) await this.#clock.advance((run.dts - last) / 90);
      last = run.dts;
      this.#consumer?.onRun(run);
    }
  }

  breakOff(): void {
    this.#consumer?.onGap();
  }
}

export const STREAM: CameraStream = {
  profile: 'main',
  name: 'Main',
  url: new URL('rtsp://127.0.0.1/main'),
  credentials: undefined,
  video: 'H264',
  audio: 'AAC',
  width: 160,
  height: 90,
  framesPerSecond: 25,
  bitsPerSecond: undefined,
};
