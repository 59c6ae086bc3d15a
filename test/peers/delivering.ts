import { join } from 'node:path';
import type { TestContext } from 'node:test';
import PQueue from 'p-queue';
import { CallbackDialogue } from '../../src/recording/callback-dialogue.ts';
import { Delivery } from '../../src/recording/delivery.ts';
import { PlatformHttp } from '../../src/recording/http.ts';
import { MemoryBudget } from '../../src/recording/memory-budget.ts';
import { Spool } from '../../src/recording/spool.ts';
import { UploadLines } from '../../src/recording/upload-lines.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Pauses } from '../../src/runtime/supervise.ts';
import type { TrustedTime } from '../../src/runtime/trusted-time.ts';
import { FakeClock } from './fake-clock.ts';
import { type LogLine, readableLog } from './readable-log.ts';
import { scratch } from './scratch.ts';
import { numberOf } from './segments.ts';
import { UploadPlatform } from './upload-platform.ts';

/** One session's delivery to a real HTTP server, with a real directory for its spool. */

export interface Delivering<C extends Clock = FakeClock> {
  readonly platform: UploadPlatform;
  readonly delivery: Delivery;
  readonly spool: Spool;
  readonly spoolDirectory: string;
  readonly clock: C;
  readonly lines: LogLine[];
  /** Settles when the delivery is over. */
  readonly done: Promise<void>;
  /** Ends the process, as far as the delivery can tell. */
  stop(): Promise<void>;
  /** The numbers of the segments that the platform has, in the order of arrival. */
  stored(): number[];
}

export interface DeliveryWish {
  readonly segmentMaxCount?: number;
  readonly prerecordSeconds?: number;
  readonly pauses?: Pauses;
  readonly spoolDirectory?: string;
  readonly maxAgeMs?: number;
  readonly platform?: UploadPlatform;
  /** Shared with other sessions. */
  readonly uplink?: UploadLines;
  readonly time?: TrustedTime;
  readonly memory?: MemoryBudget;
}

export function delivering(t: TestContext, wish?: DeliveryWish): Promise<Delivering>;
export function delivering<C extends Clock>(t: TestContext, wish: DeliveryWish, clock: C): Promise<Delivering<C>>;
export async function delivering(
  t: TestContext,
  wish: DeliveryWish = {},
  clock: Clock = new FakeClock(new Date().toISOString()),
): Promise<Delivering<Clock>> {
  const { segmentMaxCount = 3, prerecordSeconds = 0, pauses, maxAgeMs = 1e9 } = wish;
  const { uplink = new UploadLines(new PQueue({ concurrency: 2 })) } = wish;
  const platform = wish.platform ?? (await UploadPlatform.listen());
  const spoolDirectory = wish.spoolDirectory ?? join(await scratch(t), 'spool');
  const { log, lines } = readableLog();
  const stamps = wish.time ? { stamps: wish.time } : {};
  const spool = new Spool({ directory: spoolDirectory, maxBytes: 1e9, maxAgeMs, clock, ...stamps, log });
  await spool.recover();
  const http = new PlatformHttp(undefined, { onDate: (at) => wish.time?.heard(at, 'date') });
  const callbackUrl = new URL(platform.callbackUrl);
  const dialogue = new CallbackDialogue({ callbackUrl, http, clock, log, lastName: undefined });
  const limits = { segmentSeconds: 10, segmentMaxCount, prerecordSeconds };
  const { memory = new MemoryBudget(Number.POSITIVE_INFINITY, log) } = wish;
  const parts = { session: 'session', limits, dialogue, spool, memory, lines: uplink, clock, log };
  const delivery = new Delivery({ ...parts, ...(pauses && { pauses }), ...stamps });
  const life = new AbortController();
  const done = delivery.run(life.signal);
  const stop = async (): Promise<void> => {
    life.abort();
    await done;
    http.close();
  };
  t.after(async () => {
    await stop();
    if (!wish.platform) await platform.close();
  });
  const stored = (): number[] => platform.stored.map(numberOf);
  return { platform, delivery, spool, spoolDirectory, clock, lines, done, stop, stored };
}

/** The whole numbers from `first` to `last`. */
export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
