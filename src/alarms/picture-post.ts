import PQueue from 'p-queue';
import type { Logger } from 'pino';
import type { RememberedAlarm } from '../channel/ports.ts';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError, isKind } from '../runtime/errors.ts';
import { aborted, Scope } from '../runtime/scope.ts';
import { type Pauses, type Runnable, supervise } from '../runtime/supervise.ts';
import type { PictureUpload } from './picture-upload.ts';

export interface PicturePostParts {
  readonly upload: PictureUpload;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface PictureStatus {
  /** Pictures in memory that wait for an address, or are on their way. */
  readonly held: number;
  readonly uploaded: number;
  /** Pictures that could not be taken, had no room or could not be uploaded. */
  readonly lost: number;
  /** Why the last of these was lost, in words for a person. */
  readonly lastError: { readonly at: Date; readonly channel: number; readonly why: string } | undefined;
}

/** During an outage the newest pictures are kept: they are what somebody may still want to see. */
const MOST_HELD = 32;
const MOST_HELD_BYTES = 16 * 1024 * 1024;
/** More would only share the same uplink. */
const AT_ONCE = 2;
const PAUSES: Pauses = { minMs: 1_000, maxMs: 60_000, healthyMs: Number.POSITIVE_INFINITY };
const MOST_TRIES = 8;
/** Addresses are signed for a time; after it another try is in vain. */
const MOST_AGE_MS = 600_000;

interface Held {
  readonly edge: RememberedAlarm;
  readonly picture: Promise<Buffer>;
  /** 0 until it is taken. */
  bytes: number;
}

/** The pictures of alarms: held from the moment until the OVC says where it wants them, then brought there. */
export class PicturePost implements Runnable {
  readonly #parts: PicturePostParts;
  readonly #queue = new PQueue({ concurrency: AT_ONCE });
  readonly #held = new Map<RememberedAlarm, Held>();
  readonly #life = new Scope();
  #uploaded = 0;
  #lost = 0;
  #lastError: PictureStatus['lastError'];

  constructor(parts: PicturePostParts) {
    this.#parts = parts;
  }

  get status(): PictureStatus {
    return { held: this.#held.size, uploaded: this.#uploaded, lost: this.#lost, lastError: this.#lastError };
  }

  /** Ends with the signal; uploads that are under way are given up. */
  async run(signal: AbortSignal): Promise<void> {
    await aborted(signal);
    this.#life.end();
    await this.#queue.onIdle();
    this.#held.clear();
    this.#parts.upload.close();
  }

  /** Keeps a picture that is being taken. */
  hold(edge: RememberedAlarm, picture: Promise<Buffer>): void {
    const held: Held = { edge, picture, bytes: 0 };
    this.#held.set(edge, held);
    picture.then(
      (jpeg) => {
        held.bytes = jpeg.length;
        this.#makeRoom();
      },
      (err: unknown) => this.#lose(edge, err),
    );
    this.#makeRoom();
  }

  /** The OVC wants the picture at `url`, or none when that is empty. Returns at once. */
  send(edge: RememberedAlarm, url: string): void {
    const held = this.#held.get(edge);
    if (url === '' || !held) this.drop(edge);
    else void this.#queue.add(() => this.#bring(held, url));
  }

  /** Nobody wants the picture any more. */
  drop(edge: RememberedAlarm): void {
    this.#held.delete(edge);
  }

  /** One try, for somebody who waits. @throws GatewayError `bad-parameter`, `upload-failed`, `timed-out` */
  upload(url: string, jpeg: Buffer, signal: AbortSignal): Promise<void> {
    return this.#parts.upload.bring(url, jpeg, signal);
  }

  async #bring({ edge, picture }: Held, url: string): Promise<void> {
    // It may have had to make room while it stood in the queue.
    const jpeg = this.#held.has(edge) ? await picture.catch(() => undefined) : undefined;
    if (!jpeg || this.#life.signal.aborted) return;
    const failure = await this.#insist(url, jpeg);
    if (this.#life.signal.aborted) return;
    if (failure) this.#lose(edge, failure);
    else this.#uploaded++;
    this.#held.delete(edge);
  }

  /** Tries until it is there, or there is no point any more; gives the last failure. */
  async #insist(url: string, jpeg: Buffer): Promise<unknown> {
    const { upload, clock, log } = this.#parts;
    const scope = new Scope(this.#life.signal);
    const sinceMs = clock.now();
    let failure: unknown;
    let tries = 0;
    const attempt = async (signal: AbortSignal): Promise<void> => {
      tries++;
      failure = undefined;
      try {
        await upload.bring(url, jpeg, signal);
        scope.end();
      } catch (err) {
        failure = err;
        const hopeless = isKind(err, 'bad-parameter', 'refused') || !(err instanceof GatewayError);
        if (hopeless || tries >= MOST_TRIES || clock.now() - sinceMs > MOST_AGE_MS) scope.end();
        throw err;
      }
    };
    await supervise(attempt, { signal: scope.signal, clock, log, pauses: PAUSES }).finally(() => scope.end());
    return failure;
  }

  #makeRoom(): void {
    for (const [edge] of this.#held) {
      const bytes = [...this.#held.values()].reduce((sum, held) => sum + held.bytes, 0);
      if (this.#held.size <= MOST_HELD && (bytes <= MOST_HELD_BYTES || this.#held.size === 1)) return;
      this.#lose(edge, new GatewayError('upload-failed', 'too many pictures are waiting'));
    }
  }

  #lose(edge: RememberedAlarm, err: unknown): void {
    if (!this.#held.delete(edge) || this.#life.signal.aborted) return;
    const { clock, log } = this.#parts;
    const { channel, alarm } = edge;
    const why = err instanceof GatewayError ? err.sentence : 'internal error';
    this.#lost++;
    this.#lastError = { at: clock.wall(), channel, why };
    log[err instanceof GatewayError ? 'warn' : 'error']({ err, channel, alarm }, 'no picture for an alarm');
  }
}
