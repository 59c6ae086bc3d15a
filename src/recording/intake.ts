import type { FootageConsumer, RecordReport, TsRun } from '../channel/ports.ts';
import type { Clock } from '../runtime/clock.ts';

/**
 * The door through which footage comes into a session: tells whether it flows and when it began, and holds it back
 * until it is known with which time stamp the session begins.
 */

export interface IntakeParts {
  /** Footage held back beyond this is let through without waiting any longer. */
  readonly maxHeldBytes: number;
  readonly onFull: () => void;
  /** Called at the first key frame of all. */
  readonly onBegin: () => void;
  readonly report: (report: RecordReport) => void;
  readonly clock: Clock;
}

/** Footage that may have been held back. */
export interface ArrivedRun extends TsRun {
  /** When it came, on the monotonic clock; now, unless it is told. */
  readonly arrivedMs?: number;
}

type Event = (consumer: FootageConsumer) => void;

export class Intake implements FootageConsumer {
  readonly #parts: IntakeParts;
  #held: Event[] = [];
  #heldBytes = 0;
  #consumer: FootageConsumer | undefined;
  #begun = false;
  #flowing = false;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  onSetup(tables: Buffer): void {
    this.#pass((consumer) => consumer.onSetup(tables));
  }

  onRun(run: TsRun): void {
    if (!this.#begun && !run.keyFrame) return;
    if (!this.#begun) this.#parts.onBegin();
    this.#begun = true;
    if (!this.#flowing) this.#parts.report({ flowing: true });
    this.#flowing = true;
    if (this.#consumer) this.#consumer.onRun(run);
    else this.#hold(run);
  }

  onGap(): void {
    this.broken('the stream of the camera broke off');
  }

  /** No footage comes for now; `why` in words for a person. */
  broken(why: string): void {
    const flowed = this.#flowing;
    this.#flowing = false;
    this.#parts.report({ flowing: false, why });
    if (flowed) this.#pass((consumer) => consumer.onGap());
  }

  /** Lets all through that was held back, and from now on everything at once. */
  release(consumer: FootageConsumer): void {
    this.#consumer = consumer;
    for (const event of this.#held.splice(0)) event(consumer);
  }

  #hold(run: TsRun): void {
    const kept: ArrivedRun = { ...run, packets: Buffer.from(run.packets), arrivedMs: this.#parts.clock.now() };
    this.#held.push((consumer) => consumer.onRun(kept));
    this.#heldBytes += run.packets.length;
    if (this.#heldBytes > this.#parts.maxHeldBytes) this.#parts.onFull();
  }

  #pass(event: Event): void {
    if (this.#consumer) event(this.#consumer);
    else this.#held.push(event);
  }
}
