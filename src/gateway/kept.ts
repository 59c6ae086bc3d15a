import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { thisBoot } from '../device/clock-watch.ts';
import { Feeds } from '../media/feed/feeds.ts';
import { EncoderChoice } from '../media/ffmpeg/encoder-choice.ts';
import { FootageMedia } from '../media/footage.ts';
import { CloudRecorder } from '../recording/recorder.ts';
import { Spool } from '../recording/spool.ts';
import { TrustedTime } from '../runtime/trusted-time.ts';
import { Store } from '../store/store.ts';
import type { GatewayParts, Kept } from './parts.ts';

/** The part of the box's memory that segments may take before they go to disk. */
const MEMORY_SHARE = 1 / 4;

/** The disk takes neither what is to be remembered nor segments that the network does not take. */
export function diskFails({ recorder, store }: Pick<Kept, 'recorder' | 'store'>): boolean {
  return recorder.status.degraded || !store.writable;
}

/** Opens what outlives a gateway: its memory, what waits for delivery, and the time as it was known. */
export async function openKept(parts: GatewayParts): Promise<Kept> {
  const { config, stateDirectory, clock } = parts;
  const { path: command, max_transcodes: maxTranscodes = Math.ceil(availableParallelism() / 2) } = config.ffmpeg;
  const media = parts.log.child({ room: 'media' });
  const encoders = new EncoderChoice({ command, clock, log: media });
  const feeds = new Feeds({ command, encoders, maxTranscodes, clock, log: media });
  const store = await Store.open({ directory: stateDirectory, clock, log: parts.log.child({ room: 'store' }) });
  const log = parts.log.child({ room: 'recording' });
  const { spool_max_bytes: maxBytes, spool_max_age } = config.recording;
  const bounds = { maxBytes, maxAgeMs: spool_max_age * 1_000 };
  const time = new TrustedTime({ ...thisBoot, clock, memory: store.time, log: parts.log.child({ room: 'device' }) });
  const spool = new Spool({ directory: join(stateDirectory, 'spool'), ...bounds, clock, stamps: time, log });
  const footage = new FootageMedia(feeds);
  const recorder = await CloudRecorder.open({
    ...{ footage, spool, book: store, clock, stamps: time, time, log, ca: parts.login.ca },
    memoryBytes: memoryOfBox() * MEMORY_SHARE,
    heard: (at, how) => time.heard(at, how),
    ...(parts.onlookers && { events: parts.onlookers.segments }),
  });
  return { feeds, recorder, store, time };
}

/** What the box has, or what its container or service may use of that. */
function memoryOfBox(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}
