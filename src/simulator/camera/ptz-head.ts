import type { Clock } from '../../runtime/clock.ts';

/** Where the head is: pan and tilt from -1 to 1, zoom from 0 to 1. */
export interface Position {
  readonly pan: number;
  readonly tilt: number;
  readonly zoom: number;
}

export type Velocity = Position;

const STILL: Velocity = { pan: 0, tilt: 0, zoom: 0 };
/** At full speed an axis crosses its whole range in ten seconds. */
const UNITS_PER_SECOND: Position = { pan: 0.2, tilt: 0.2, zoom: 0.1 };
const LEAST: Position = { pan: -1, tilt: -1, zoom: 0 };
const MOST: Position = { pan: 1, tilt: 1, zoom: 1 };

/** A head that turns and zooms, within its limits, by the clock. Knows nothing of ONVIF. */
export class PtzHead {
  readonly #clock: Clock;
  #from: Position = { pan: 0, tilt: 0, zoom: 0 };
  #velocity: Velocity = STILL;
  #sinceMs = 0;
  #untilMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get position(): Position {
    return this.#at(this.#clock.now());
  }

  /** Now; zero once a timeout has passed. */
  get velocity(): Velocity {
    return this.#clock.now() < this.#untilMs ? this.#velocity : STILL;
  }

  get isMoving(): boolean {
    return Object.values(this.velocity).some((part) => part !== 0);
  }

  /** Changes the axes that are given; the others go on as they are. */
  turn(change: Partial<Velocity>, timeoutMs = Number.POSITIVE_INFINITY): void {
    const velocity = { ...this.velocity, ...change };
    this.#settle();
    this.#velocity = velocity;
    this.#untilMs = this.#clock.now() + timeoutMs;
  }

  /** Is there at once; only the path to a place under way takes time. */
  place(change: Partial<Position>): void {
    this.#settle();
    this.#from = limited({ ...this.#from, ...change });
  }

  #settle(): void {
    this.#from = this.position;
    this.#velocity = this.velocity;
    this.#sinceMs = this.#clock.now();
  }

  #at(nowMs: number): Position {
    const seconds = Math.max(0, Math.min(nowMs, this.#untilMs) - this.#sinceMs) / 1000;
    const moved = (axis: keyof Position): number =>
      this.#from[axis] + this.#velocity[axis] * UNITS_PER_SECOND[axis] * seconds;
    return limited({ pan: moved('pan'), tilt: moved('tilt'), zoom: moved('zoom') });
  }
}

function limited(position: Position): Position {
  const within = (axis: keyof Position): number => Math.min(Math.max(position[axis], LEAST[axis]), MOST[axis]);
  return { pan: within('pan'), tilt: within('tilt'), zoom: within('zoom') };
}
