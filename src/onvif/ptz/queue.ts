import type { Logger } from 'pino';
import { type Clock, withDeadline } from '../../runtime/clock.ts';
import { GatewayError, isKind } from '../../runtime/errors.ts';
import { aborted, Scope } from '../../runtime/scope.ts';
import type { Mover } from './mover.ts';
import type { Presets } from './presets.ts';
import type { Move } from './velocity.ts';

export type PtzOrder =
  | { readonly type: 'move'; readonly move: Move }
  | { readonly type: 'stop' }
  | { readonly type: 'goto' | 'set' | 'clear'; readonly id: number };
type PresetOrder = Extract<PtzOrder, { id: number }>;

export interface PtzQueueParts {
  readonly mover: Mover;
  readonly presets: Presets;
  readonly clock: Clock;
  readonly log: Logger;
  /** A move that nobody confirms or stops within this time is stopped here. */
  readonly deadManMs?: number;
}

const DEAD_MAN_MS = 15_000;
/** The second Stop of a dead man, and those after one that failed. */
const SECOND_STOP_MS = 300;
const FAILED_STOP_MS = 1000;
const MOST_FAILED_STOPS = 5;
/** A camera is still for so long before its place is kept. */
const SETTLE_MS = 500;
const FAREWELL_MS = 2000;
const MOST_PRESET_ORDERS = 8;

/**
 * The orders of one camera, one at a time: a Stop goes first and drops what would move, of several moves only the newest
 * is sent (ONVIF field guide 3.3: a reverse move that arrives after the Stop turns for ever). What moves is stopped
 * when nobody says anything more, and when the run ends.
 */
export class PtzQueue {
  readonly #parts: PtzQueueParts;
  #stop = false;
  #move: Move | undefined;
  #presetOrders: PresetOrder[] = [];
  /** The move under way, and when it must be sent again or stopped. */
  #under: { readonly move: Move; readonly againMs: number; readonly deadMs: number } | undefined;
  #nextStopMs: number | undefined;
  #failedStops = 0;
  #wake: () => void = () => undefined;

  constructor(parts: PtzQueueParts) {
    this.#parts = parts;
  }

  /** Takes an order and returns at once; what becomes of it is logged. */
  order(order: PtzOrder): void {
    switch (order.type) {
      case 'move':
        this.#move = order.move;
        this.#presetOrders = this.#presetOrders.filter(({ type }) => type !== 'goto');
        break;
      case 'stop':
        this.#stop = true;
        this.#move = undefined;
        this.#presetOrders = this.#presetOrders.filter(({ type }) => type !== 'goto');
        break;
      default:
        if (order.type !== 'clear') this.#move = undefined;
        if (this.#presetOrders.length >= MOST_PRESET_ORDERS) this.#parts.log.warn(order, 'too many preset orders');
        else this.#presetOrders.push(order);
    }
    this.#wake();
  }

  /** Stops what moves or is about to: the link to the OVC is gone, so no Stop would come. */
  halt(): void {
    if (this.#parts.mover.isMoving || this.#move) this.order({ type: 'stop' });
  }

  /** Carries out orders until the signal aborts, then stops the camera. Never rejects because of the camera. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        const work = this.#next();
        if (work) await this.#attempt(work, signal);
        else await this.#rest(signal);
      }
    } finally {
      await this.#farewell();
    }
  }

  #next(): ((signal: AbortSignal) => Promise<void>) | undefined {
    const now = this.#parts.clock.now();
    if (this.#stop || (this.#nextStopMs ?? Number.POSITIVE_INFINITY) <= now) return (signal) => this.#stopNow(signal);
    const preset = this.#presetOrders.shift();
    if (preset) return (signal) => this.#preset(preset, signal);
    if (this.#move) {
      const move = this.#move;
      this.#move = undefined;
      return (signal) => this.#moveNow(move, now + (this.#parts.deadManMs ?? DEAD_MAN_MS), signal);
    }
    const under = this.#under;
    if (under && under.deadMs <= now) return (signal) => this.#deadMan(signal);
    if (under && under.againMs <= now) return (signal) => this.#moveNow(under.move, under.deadMs, signal);
    return undefined;
  }

  async #rest(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const scope = new Scope(signal);
    this.#wake = () => scope.end();
    const due = [this.#nextStopMs, this.#under?.againMs, this.#under?.deadMs].filter((ms) => ms !== undefined);
    if (due.length === 0) await aborted(scope.signal);
    else await clock.sleep(Math.max(0, Math.min(...due) - clock.now()), scope.signal);
    scope.end();
  }

  async #attempt(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await work(signal);
    } catch (err) {
      if (!signal.aborted) this.#parts.log.warn({ err }, 'camera did not do as ordered');
    }
  }

  async #moveNow(move: Move, deadMs: number, signal: AbortSignal): Promise<void> {
    const { mover, clock } = this.#parts;
    const before = this.#under?.move;
    this.#nextStopMs = undefined;
    this.#under = { move, againMs: clock.now() + mover.againMs(move), deadMs };
    try {
      await mover.move(move, before, signal);
    } catch (err) {
      this.#under = undefined;
      // Whatever is not a plain no may have been obeyed before its answer was lost.
      if (!isKind(err, 'camera-fault')) this.#stop = true;
      throw err;
    }
  }

  async #stopNow(signal: AbortSignal): Promise<void> {
    const { mover, clock } = this.#parts;
    this.#stop = false;
    this.#under = undefined;
    this.#nextStopMs = undefined;
    try {
      await mover.stop(signal);
      this.#failedStops = 0;
    } catch (err) {
      this.#failedStops++;
      if (this.#failedStops < MOST_FAILED_STOPS) this.#nextStopMs = clock.now() + FAILED_STOP_MS;
      else this.#failedStops = 0;
      throw err;
    }
  }

  async #deadMan(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    log.info('a move was not stopped in time and is stopped now');
    await this.#stopNow(signal);
    this.#nextStopMs = clock.now() + SECOND_STOP_MS;
  }

  async #preset({ type, id }: PresetOrder, signal: AbortSignal): Promise<void> {
    const { mover, presets, clock, log } = this.#parts;
    if (type !== 'clear' && mover.isMoving) {
      await this.#stopNow(signal);
      if (type === 'set') await clock.sleep(SETTLE_MS, signal);
    }
    if (type === 'goto') await presets.goTo(id, signal);
    else if (type === 'set') await presets.set(id, signal);
    else await presets.clear(id, signal);
    log.debug({ op: type, preset: id }, 'preset order done');
  }

  /** The last Stop: the run is over, so it has a life of its own, bounded by its deadline. */
  async #farewell(): Promise<void> {
    const { mover, clock, log } = this.#parts;
    this.#under = undefined;
    if (!mover.isMoving && !this.#stop) return;
    this.#stop = false;
    const late = (): Error => new GatewayError('timed-out', 'camera was not stopped in time');
    const farewell = { clock, ms: FAREWELL_MS, signal: new AbortController().signal, late };
    try {
      await withDeadline(farewell, (signal) => mover.stop(signal));
    } catch (err) {
      log.warn({ err }, 'camera may still be moving');
    }
  }
}
