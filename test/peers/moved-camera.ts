import type { TestContext } from 'node:test';
import { Mover } from '../../src/onvif/ptz/mover.ts';
import { readAbilities } from '../../src/onvif/ptz/options.ts';
import { type PresetStore, Presets } from '../../src/onvif/ptz/presets.ts';
import { PtzQueue } from '../../src/onvif/ptz/queue.ts';
import { type PtzQuirks, quirksFor } from '../../src/onvif/ptz/quirks.ts';
import type { BadHabitName } from '../../src/simulator/camera/bad-habits.ts';
import { FakeClock } from './fake-clock.ts';
import { LeanCamera } from './lean-camera.ts';
import { memoryStore } from './memory-presets.ts';
import { readableLog } from './readable-log.ts';

export interface MovedWishes {
  readonly habits?: readonly BadHabitName[];
  readonly quirks?: Partial<PtzQuirks>;
  readonly store?: PresetStore;
  readonly manufacturer?: string;
}

/** A virtual camera and the queue that moves it, on one clock that stands still. */
export async function movedCamera(t: TestContext, wishes: MovedWishes = {}) {
  const clock = new FakeClock();
  const camera = await LeanCamera.start(t, clock, wishes.habits);
  const calls = camera.session(t);
  const { log, lines, text } = readableLog();
  const ptz = camera.at('/onvif/ptz_service');
  const life = new AbortController();
  const quirks = quirksFor(wishes.manufacturer ?? '', wishes.quirks);
  const abilities = await readAbilities({ calls, ptz, configuration: 'ptz0' }, life.signal);
  const store = wishes.store ?? memoryStore();
  const mover = new Mover({ calls, ptz, profile: 'main', abilities, quirks, log });
  const presets = new Presets({ calls, ptz, profile: 'main', quirks, store, clock });
  const queue = new PtzQueue({ mover, presets, clock, log });
  const done = queue.run(life.signal);
  const end = async (): Promise<void> => {
    life.abort();
    await done;
  };
  t.after(end);
  return { clock, camera, calls, queue, presets, mover, store, lines, text, end, signal: life.signal };
}
