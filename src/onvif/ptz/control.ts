import type { Logger } from 'pino';
import type { PtzOrder } from '../../channel/ports.ts';
import type { Clock } from '../../runtime/clock.ts';
import { isKind } from '../../runtime/errors.ts';
import type { Runnable } from '../../runtime/supervise.ts';
import { Mover } from './mover.ts';
import { ASSUMED, type PtzAbilities, type PtzCalls, readAbilities } from './options.ts';
import { type PresetStore, Presets } from './presets.ts';
import { PtzQueue } from './queue.ts';
import type { PtzQuirks } from './quirks.ts';

export interface PtzControlParts {
  readonly calls: PtzCalls;
  /** The PTZ service. */
  readonly ptz: URL;
  /** Token of the media profile that is moved. */
  readonly profile: string;
  /** Its PTZ configuration; undefined where the camera shows none. */
  readonly configuration: string | undefined;
  readonly quirks: PtzQuirks;
  readonly deadManMs: number | undefined;
  readonly store: PresetStore;
  readonly clock: Clock;
  readonly log: Logger;
}

const ABILITIES_MS = 3000;

/** One camera's PTZ for as long as a session lasts: what moves it, what stops it, its presets. */
export class PtzControl implements Runnable {
  readonly #queue: PtzQueue;
  readonly #list: Presets;

  private constructor(queue: PtzQueue, list: Presets) {
    this.#queue = queue;
    this.#list = list;
  }

  /**
   * Asks once what the camera can do. `run` has to follow.
   * @throws GatewayError `camera-unauthorized`
   */
  static async open(parts: PtzControlParts, signal: AbortSignal): Promise<PtzControl> {
    const { deadManMs, clock, log } = parts;
    const abilities = await abilitiesOf(parts, signal);
    log.debug({ pan_tilt: abilities.panTilt, zoom: abilities.zoom, profile: parts.profile }, 'camera can be moved');
    // Moves and Stops have a lane of their own; a long list of presets is not to hold them up.
    const quick: PtzControlParts = { ...parts, calls: inPtzLane(parts.calls) };
    const mover = new Mover({ ...quick, abilities });
    const queue = new PtzQueue({ mover, presets: new Presets(quick), clock, log, ...(deadManMs && { deadManMs }) });
    return new PtzControl(queue, new Presets(parts));
  }

  /** Takes an order and returns at once; what becomes of it is logged. */
  order(order: PtzOrder): void {
    this.#queue.order(order.type === 'move' ? { type: order.type, move: { op: order.op, speed: order.speed } } : order);
  }

  /** Stops what moves or is about to. */
  halt(): void {
    this.#queue.halt();
  }

  /** @throws GatewayError as the session's `call` does */
  presetIds(signal: AbortSignal): Promise<readonly number[]> {
    return this.#list.list(signal);
  }

  /** Carries orders out until the signal aborts; resolves with a camera that moved stopped. Never rejects because of it. */
  run(signal: AbortSignal): Promise<void> {
    return this.#queue.run(signal);
  }
}

async function abilitiesOf({ calls, ptz, configuration }: PtzControlParts, signal: AbortSignal): Promise<PtzAbilities> {
  if (configuration === undefined) return ASSUMED;
  const brief: PtzCalls = {
    call: (operation, options, scope) => calls.call(operation, { ...options, deadlineMs: ABILITIES_MS }, scope),
  };
  try {
    return await readAbilities({ calls: brief, ptz, configuration }, signal);
  } catch (err) {
    // A camera that hangs up on this one question is no less there.
    if (signal.aborted || !isKind(err, 'camera-unreachable')) throw err;
    return ASSUMED;
  }
}

function inPtzLane(calls: PtzCalls): PtzCalls {
  return { call: (operation, options, signal) => calls.call(operation, { ...options, lane: 'ptz' }, signal) };
}
