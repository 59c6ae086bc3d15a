import type { PtzWish } from '../admin/house.ts';
import { PTZ_MOVES, type PtzOrder } from '../channel/ports.ts';
import { GatewayError } from '../runtime/errors.ts';

/** A move that is not confirmed for so long stops: the visitor's hand, or his network, has let go. */
const CONFIRM_MS = 3_000;

export interface PtzHoldParts {
  readonly order: (channel: number, order: PtzOrder) => void;
}

interface Hold {
  readonly visitor: string;
  readonly timer: NodeJS.Timeout;
}

/** Sees to it that no camera moves on when the visitor who moves it is gone. */
export class PtzHold {
  readonly #parts: PtzHoldParts;
  readonly #holds = new Map<number, Hold>();

  constructor(parts: PtzHoldParts) {
    this.#parts = parts;
  }

  /** @throws GatewayError `no-such-channel`, `bad-parameter` */
  order(channel: number, wish: PtzWish, visitor: string): void {
    const order = orderOf(wish);
    this.#parts.order(channel, order);
    this.#release(channel);
    if (order.type === 'move') {
      const timer = setTimeout(() => this.#stop(channel), CONFIRM_MS);
      this.#holds.set(channel, { visitor, timer });
    }
  }

  /** Stops what the visitor has set in motion. */
  gone(visitor: string): void {
    for (const [channel, hold] of this.#holds) if (hold.visitor === visitor) this.#stop(channel);
  }

  /** Lets go of everything; a gateway that ends stops its cameras itself. */
  close(): void {
    for (const channel of this.#holds.keys()) this.#release(channel);
  }

  #stop(channel: number): void {
    this.#release(channel);
    try {
      this.#parts.order(channel, { type: 'stop' });
    } catch {
      // The channel has gone meanwhile, and its camera was stopped with it.
    }
  }

  #release(channel: number): void {
    clearTimeout(this.#holds.get(channel)?.timer);
    this.#holds.delete(channel);
  }
}

const PRESET_ORDERS: ReadonlyMap<string, 'goto' | 'set' | 'clear'> = new Map([
  ['goto_preset', 'goto'],
  ['set_preset', 'set'],
  ['clear_preset', 'clear'],
]);

function orderOf({ op, value }: PtzWish): PtzOrder {
  if (op === 'stop') return { type: 'stop' };
  const preset = PRESET_ORDERS.get(op);
  if (preset) return { type: preset, id: value };
  const move = PTZ_MOVES.find((each) => each === op);
  if (!move) throw new GatewayError('bad-parameter', 'there is no such move');
  return { type: 'move', op: move, speed: Math.min(value, 100) };
}
