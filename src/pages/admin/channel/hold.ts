import type { PtzRequest } from '../../../admin/api.ts';

export type Move = Exclude<PtzRequest['op'], 'stop' | 'goto_preset' | 'set_preset' | 'clear_preset'>;

/** The box stops a camera that nobody confirms for two seconds. */
const CONFIRM_MS = 700;

export interface HoldParts {
  readonly send: (request: PtzRequest) => Promise<void>;
  readonly onMoving: (move: Move | undefined) => void;
  readonly onFailure: (failure: unknown) => void;
}

/** A camera moves while something is held, and stops whenever it is not, whatever took the hand away. */
export class Hold {
  readonly #parts: HoldParts;
  #timer: ReturnType<typeof setInterval> | undefined;
  #move: Move | undefined;
  #onTheWay: Promise<void> = Promise.resolve();

  constructor(parts: HoldParts) {
    this.#parts = parts;
  }

  /** Moves; the same again changes nothing, another one takes its place. */
  press(op: Move, value: number): void {
    if (this.#move === op) return;
    clearInterval(this.#timer);
    this.#move = op;
    this.#parts.onMoving(op);
    this.#send({ op, value });
    this.#timer = setInterval(() => this.#send({ op, value }), CONFIRM_MS);
  }

  release(): void {
    if (this.#move === undefined) return;
    clearInterval(this.#timer);
    this.#move = undefined;
    this.#parts.onMoving(undefined);
    const before = this.#onTheWay;
    this.#send({ op: 'stop' });
    // Requests may overtake each other: a stop is said again once the move before it has arrived.
    void before.then(() => {
      if (this.#move === undefined) this.#send({ op: 'stop' });
    });
  }

  /** Releases whenever the page cannot be sure of the hand any more, until the signal aborts, and then too. */
  guard(signal: AbortSignal): void {
    const release = (): void => this.release();
    window.addEventListener('blur', release, { signal });
    window.addEventListener('pagehide', release, { signal });
    window.addEventListener('hashchange', release, { signal });
    document.addEventListener('visibilitychange', release, { signal });
    signal.addEventListener('abort', release);
  }

  #send(request: PtzRequest): void {
    this.#onTheWay = this.#parts.send(request).catch((err: unknown) => {
      if (request.op === 'stop' || this.#move !== request.op) return;
      this.release();
      this.#parts.onFailure(err);
    });
  }
}
