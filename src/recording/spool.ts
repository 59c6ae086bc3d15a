import { readdir, readFile, rm, rmdir, stat, statfs, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import PQueue from 'p-queue';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { codeOf } from '../runtime/connection-words.ts';
import { ensureDirectory } from '../runtime/directory.ts';
import { syncDirectory, UNFINISHED, writeDurably } from '../runtime/durable-file.ts';
import { GatewayError } from '../runtime/errors.ts';
import { plainStamps, type Stamps } from '../runtime/stamps.ts';
import { Expiry, type Since } from './expiry.ts';
import { factsOf, type Segment } from './segment.ts';
import { checksumOf, parseSpoolName, type SpoolName, spoolName } from './spool-file.ts';

/**
 * Segments that the network does not take, on disk, one file each in a directory per session. A segment counts as kept
 * when file and directory are on the medium. What a power cut tore is recognised by its length or its checksum. Knows
 * no platform and no order of delivery.
 */

export interface SpoolParts {
  readonly directory: string;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly clock: Clock;
  /** Who knows the time of day; the clock where nobody else is asked. */
  readonly stamps?: Stamps;
  readonly log: Logger;
}

export interface SpooledSegment extends SpoolName {
  readonly session: string;
  readonly path: string;
  readonly kept: Since;
}

/** What a disk that took nothing is tried with. */
const TRIAL = 'trial';
const PIECE = Buffer.alloc(65_536);

export type PushedOut = (segment: SpooledSegment) => void;

/** File systems tell times more coarsely than clocks. */
const SAME_MS = 1_000;

export class Spool {
  readonly #parts: SpoolParts;
  /** What else waits for the platform is to be given up by the same rule. */
  readonly expiry: Expiry;
  /** In the order of keeping, over all sessions; with what to call when the bounds push one out. */
  readonly #kept = new Map<SpooledSegment, (() => void) | undefined>();
  readonly #nextSequence = new Map<string, number>();
  /** One write at a time: cheap media are slow at two, and the bounds are kept exactly. */
  readonly #writes = new PQueue({ concurrency: 1 });
  #bytes = 0;
  /** The size of what the disk has refused last; undefined while it takes what it is given. */
  #refusedBytes: number | undefined;

  constructor(parts: SpoolParts) {
    this.#parts = parts;
    this.expiry = new Expiry(parts.maxAgeMs, parts.stamps ?? plainStamps(parts.clock));
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The disk did not take what it was given last. */
  get degraded(): boolean {
    return this.#refusedBytes !== undefined;
  }

  /** Takes stock of what earlier processes left, and clears away what they did not finish. Never throws. */
  async recover(): Promise<void> {
    const { directory, log } = this.#parts;
    const found: SpooledSegment[] = [];
    for (const session of await listed(directory)) {
      for (const name of await listed(join(directory, session))) {
        const segment = await this.#whole(session, join(directory, session, name), name);
        if (segment) found.push(segment);
        else {
          log.warn({ session, file: name }, 'unfinished segment dropped');
          await rm(join(directory, session, name), { force: true, recursive: true }).catch(() => undefined);
        }
      }
      // Fails where something is left, which is fine.
      await rmdir(join(directory, session)).catch(() => undefined);
    }
    found.sort((a, b) => this.expiry.compare(a.kept, b.kept) || a.sequence - b.sequence);
    for (const segment of found) this.#count(segment);
    if (found.length > 0) log.info({ segments: found.length, bytes: this.#bytes }, 'unsent segments found on disk');
  }

  /** What is on disk of a session, oldest first. From now on `onPushedOut` hears of each that the bounds push out. */
  take(session: string, onPushedOut: PushedOut): readonly SpooledSegment[] {
    const mine = [...this.#kept.keys()].filter((segment) => segment.session === session);
    for (const segment of mine) this.#kept.set(segment, () => onPushedOut(segment));
    return mine.sort((a, b) => a.sequence - b.sequence);
  }

  /**
   * Resolves when the segment is safe. Pushes out the oldest ones, of any session, where the bounds demand it.
   * @throws GatewayError `state-unwritable`
   */
  keep(session: string, segment: Segment, onPushedOut: PushedOut): Promise<SpooledSegment> {
    return this.#writes.add(() => this.#keep(session, segment, onPushedOut));
  }

  /** Gives up what is too old, and tries a disk that took nothing; to be called now and then. Never throws. */
  check(): Promise<void> {
    return this.#writes.add(async () => {
      await this.#pushOut(({ kept }) => this.expiry.isOver(kept));
      if (this.#refusedBytes !== undefined) await this.#tryAgain(this.#refusedBytes);
    });
  }

  async #keep(session: string, segment: Segment, onPushedOut: PushedOut): Promise<SpooledSegment> {
    // Room for it cannot be made, and the smaller ones before it shall not be lost over that. With no bytes allowed
    // there is no spool. Neither says anything of the disk.
    if (segment.bytes > this.#parts.maxBytes) {
      throw new GatewayError('state-unwritable', 'a segment is larger than the spool may be');
    }
    await this.#pushOut(({ kept }) => this.#bytes + segment.bytes > this.#parts.maxBytes || this.expiry.isOver(kept));
    const sequence = this.#nextSequence.get(session) ?? 1;
    this.#nextSequence.set(session, sequence + 1);
    const directory = join(this.#parts.directory, session);
    const name = spoolName(sequence, segment);
    const path = join(directory, name);
    try {
      await this.#makeDirectory(directory);
      await writeDurably(directory, path, segment.parts);
    } catch (cause) {
      // What could not be made safe is not kept: found by the next process, it would be delivered a second time.
      await Promise.allSettled([path, `${path}${UNFINISHED}`].map((each) => rm(each, { force: true })));
      throw this.#refused(cause, segment.bytes);
    }
    this.#refusedBytes = undefined;
    const checksum = parseSpoolName(name)?.checksum ?? 0;
    const kept = this.expiry.now(segment.era);
    // The file has its time by the clock of the box, and is to be as old after a restart as it is.
    if (Math.abs(kept.ms - this.#parts.clock.wall().getTime()) > SAME_MS) {
      await utimes(path, kept.ms / 1000, kept.ms / 1000).catch(() => undefined);
    }
    const spooled = { ...factsOf(segment), sequence, checksum, session, path, kept };
    this.#count(spooled, () => onPushedOut(spooled));
    return spooled;
  }

  /**
   * The content; undefined when it is not what was kept, or not there any more.
   * @throws GatewayError `state-unreadable` when the disk does not tell
   */
  async read({ path, bytes, checksum }: SpooledSegment): Promise<Buffer | undefined> {
    const content = await readFile(path).catch((cause: unknown) => {
      if (isAbsent(cause)) return undefined;
      throw new GatewayError('state-unreadable', 'the disk gives no segments back', { reason: codeOf(cause) });
    });
    return content?.length === bytes && checksumOf([content]) === checksum ? content : undefined;
  }

  /** Forgets a segment; resolves when a restart would not find it any more. Never throws. */
  async remove(segment: SpooledSegment): Promise<void> {
    if (!this.#kept.delete(segment)) return;
    this.#bytes -= segment.bytes;
    const directory = join(this.#parts.directory, segment.session);
    try {
      await rm(segment.path, { force: true });
      await syncDirectory(directory);
    } catch (cause) {
      this.#refused(cause, segment.bytes);
    }
  }

  /** A session is over: its number and its directory go too, unless something of it is still there. Never throws. */
  forget(session: string): Promise<void> {
    return this.#writes.add(async () => {
      if ([...this.#kept.keys()].some((segment) => segment.session === session)) return;
      this.#nextSequence.delete(session);
      // Fails where nothing was ever kept of it, which is fine.
      await rmdir(join(this.#parts.directory, session)).catch(() => undefined);
    });
  }

  /** The segment in a file, if it is one and has its full length. What cannot be looked at is told by its name. */
  async #whole(session: string, path: string, name: string): Promise<SpooledSegment | undefined> {
    const facts = parseSpoolName(name);
    if (!facts) return undefined;
    const found = await stat(path).catch((cause: unknown) => (isAbsent(cause) ? undefined : 'unknown'));
    if (found === 'unknown') return { ...facts, session, path, kept: this.expiry.now(facts.era) };
    const kept = { ms: found?.mtimeMs ?? 0, era: facts.era };
    return found?.size === facts.bytes ? { ...facts, session, path, kept } : undefined;
  }

  #count(segment: SpooledSegment, onPushedOut?: () => void): void {
    this.#kept.set(segment, onPushedOut);
    this.#bytes += segment.bytes;
    const next = Math.max(this.#nextSequence.get(segment.session) ?? 1, segment.sequence + 1);
    this.#nextSequence.set(segment.session, next);
  }

  /** Drops the oldest as long as they are due. */
  async #pushOut(isDue: (oldest: SpooledSegment) => boolean): Promise<void> {
    for (const [segment, onPushedOut] of this.#kept) {
      if (!isDue(segment)) return;
      onPushedOut?.();
      await this.remove(segment);
    }
  }

  async #makeDirectory(session: string): Promise<void> {
    const { directory } = this.#parts;
    if (await ensureDirectory(directory)) await syncDirectory(dirname(directory));
    if (await ensureDirectory(session)) await syncDirectory(directory);
  }

  #refused(cause: unknown, bytes: number): GatewayError {
    const err = new GatewayError('state-unwritable', 'the disk takes no segments', { reason: codeOf(cause) });
    if (!this.degraded) this.#parts.log.error({ err }, err.message);
    this.#refusedBytes = bytes;
    return err;
  }

  /** With as many bytes as were refused, or a disk that is nearly full would seem well between two segments. */
  async #tryAgain(bytes: number): Promise<void> {
    const { directory, log } = this.#parts;
    const path = join(directory, TRIAL);
    try {
      if (await ensureDirectory(directory)) await syncDirectory(dirname(directory));
      const { bavail, bsize } = await statfs(directory);
      if (bavail * bsize < bytes) return;
      const pieces = new Array<Buffer>(Math.ceil(bytes / PIECE.length)).fill(PIECE);
      await writeDurably(directory, path, pieces);
      this.#refusedBytes = undefined;
      log.info('the disk takes segments again');
    } catch {
      // It is as it was, and that has been told.
    } finally {
      await Promise.allSettled([path, `${path}${UNFINISHED}`].map((name) => rm(name, { force: true })));
    }
  }
}

/** A directory that is not there holds nothing. @throws GatewayError `state-unreadable` for one that cannot be read */
async function listed(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch((cause: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(cause))) return [];
    throw new GatewayError('state-unreadable', 'the disk gives no segments back', { reason: codeOf(cause) });
  });
}

function isAbsent(cause: unknown): boolean {
  return codeOf(cause) === 'ENOENT';
}
