import type { Writable } from 'node:stream';
import type { Clock } from '../../runtime/clock.ts';

/** What goes to the socket in one write: small enough that a slow uplink shows progress every few hundred ms. */
const BATCH_BYTES = 32 * 1024;

interface Entry {
  readonly bytes: Buffer;
  readonly queuedAt: number;
}

/**
 * What waits to be written. Hands it to the socket in small batches, each after the one before has been taken by the
 * kernel, so that what is still here is known and a server that stops reading is noticed.
 */
export class Outbox {
  readonly #socket: Writable;
  readonly #clock: Clock;
  readonly #entries: Entry[] = [];
  #busy = false;
  #queuedBytes = 0;
  #takenBytes = 0;
  #progressAt = 0;
  #batchQueuedAt = 0;
  #onEmpty: Array<() => void> = [];

  constructor(socket: Writable, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  /** Bytes that the kernel has not taken yet. */
  get bytes(): number {
    return this.#queuedBytes - this.#takenBytes;
  }

  /** Bytes that the kernel has taken so far. */
  get takenBytes(): number {
    return this.#takenBytes;
  }

  /** How long the oldest byte has been waiting; 0 when nothing waits. */
  get oldestMs(): number {
    return this.#busy ? this.#clock.now() - this.#batchQueuedAt : 0;
  }

  /** How long nothing has been taken although something waits. */
  get stuckMs(): number {
    return this.#busy ? this.#clock.now() - this.#progressAt : 0;
  }

  /** What may wait goes out with whatever comes next, also when that may wait. */
  push(buffers: readonly Buffer[], mayWait = false): void {
    const queuedAt = this.#clock.now();
    const waits = mayWait && this.#entries.length === 0;
    for (const bytes of buffers) {
      this.#entries.push({ bytes, queuedAt });
      this.#queuedBytes += bytes.length;
    }
    if (!waits) this.#start(queuedAt);
  }

  #start(now: number): void {
    if (this.#busy) return;
    this.#busy = true;
    this.#progressAt = now;
    this.#batchQueuedAt = now;
    // In the next tick, so that all tags of one arrival go out in one system call.
    process.nextTick(() => this.#write());
  }

  /** Resolves when everything pushed so far has been taken; never, when the socket dies first. */
  empty(): Promise<void> {
    if (this.#entries.length > 0) this.#start(this.#clock.now());
    if (!this.#busy) return Promise.resolve();
    return new Promise((resolve) => this.#onEmpty.push(resolve));
  }

  #write(): void {
    const [first] = this.#entries;
    if (!first) {
      this.#busy = false;
      for (const tell of this.#onEmpty.splice(0)) tell();
      return;
    }
    const batch = this.#batch();
    const bytes = batch.reduce((sum, entry) => sum + entry.bytes.length, 0);
    this.#batchQueuedAt = first.queuedAt;
    this.#socket.cork();
    batch.forEach((entry, n) => {
      this.#socket.write(entry.bytes, n === batch.length - 1 ? (err) => this.#taken(bytes, err) : undefined);
    });
    this.#socket.uncork();
  }

  #batch(): Entry[] {
    let bytes = 0;
    const over = this.#entries.findIndex((entry) => {
      bytes += entry.bytes.length;
      return bytes >= BATCH_BYTES;
    });
    return this.#entries.splice(0, over < 0 ? this.#entries.length : over + 1);
  }

  #taken(bytes: number, err: Error | null | undefined): void {
    if (err) return; // The reader of the socket hears of it too, and ends the connection.
    this.#takenBytes += bytes;
    this.#progressAt = this.#clock.now();
    this.#write();
  }
}
