import type { TestContext } from 'node:test';
import type { CameraSight, Credentials } from '../../src/channel/ports.ts';
import { OnvifCamera, type OnvifCameraParts } from '../../src/onvif/camera.ts';
import type { Described } from '../../src/onvif/streams.ts';
import { type Clock, systemClock } from '../../src/runtime/clock.ts';
import { GatewayError } from '../../src/runtime/errors.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { memoryStore } from './memory-presets.ts';
import { readableLog } from './readable-log.ts';

export const ADMIN: Credentials = { username: 'admin', password: new Secret('s3cret-pä&<word>') };

/** What every stream is said to be where RTSP is not the matter. */
export const H264: Described = { video: 'H264', audio: 'AAC' };

/** An ONVIF camera of ours at 127.0.0.1, its log, and its stay there, which ends with the test. */
export function visitor(t: TestContext, port: number, wishes: Partial<OnvifCameraParts> = {}) {
  const { log, text } = readableLog();
  const end = new AbortController();
  const sights: CameraSight[] = [];
  const camera = new OnvifCamera({
    host: '127.0.0.1',
    port,
    credentials: ADMIN,
    describe: async () => H264,
    profile: 'auto',
    ptz: { presets: () => memoryStore() },
    events: undefined,
    clock: systemClock,
    log,
    ...wishes,
  });
  t.after(() => end.abort());
  return {
    camera,
    end,
    sights,
    text,
    info: () => camera.info(end.signal),
    watch: () =>
      camera.watch(
        { seen: (sight) => void sights.push(sight), alarm: () => undefined, hearing: () => undefined },
        end.signal,
      ),
  };
}

/** The error that this ends with; a failed assertion if it doesn't, or with one that nobody threw on purpose. */
export async function failureOf(work: Promise<unknown>): Promise<GatewayError> {
  const outcome = await work.then(
    () => undefined,
    (err: unknown) => err,
  );
  if (outcome instanceof GatewayError) return outcome;
  throw new Error('did not fail on purpose', { cause: outcome });
}

/** Resolves when the fact is true; the test's own time limit is the only patience. */
export async function fact(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

/** Counts the sleeps, so that a test can wait for the next one to begin before it moves the time. */
export function counting<C extends Clock>(clock: C): { clock: C; sleeps: () => number } {
  let sleeps = 0;
  const sleep = clock.sleep.bind(clock);
  clock.sleep = (ms, signal) => {
    sleeps++;
    return sleep(ms, signal);
  };
  return { clock, sleeps: () => sleeps };
}
