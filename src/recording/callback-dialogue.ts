import type { Logger } from 'pino';
import { z } from 'zod';
import { type Clock, withDeadline } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import type { UploadAttempt, UploadDialogue, UploadOutcome } from './dialogue.ts';
import { type HttpReply, type PlatformHttp, webUrl } from './http.ts';
import type { Segment } from './segment.ts';

/** The dialogue behind `cbk_url` (ovs-rpc §4, StartCloudRecord): forms go there by POST, segments by PUT where it says. */

const QUESTION_MS = 10_000;
/** The end of the process waits that long for a last word to arrive. */
const FAREWELL_MS = 2_000;
const CONTENT_TYPE = 'video/mp2t';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const LONGEST_REASON = 200;
/** The session is not known there any more. */
const GONE: ReadonlySet<number> = new Set([404, 410]);

const text = z.string().max(8192).nullish();
const createAnswer = z.object({ name: text, uri: text });
const nextDtsAnswer = z.object({ next_dts: z.number().int().nullish() });
const failure = z.object({ info: z.string() });

export interface CallbackDialogueParts {
  readonly callbackUrl: URL;
  readonly http: PlatformHttp;
  readonly clock: Clock;
  readonly log: Logger;
  /** What an earlier process uploaded and did not come to confirm. */
  readonly lastName: string | undefined;
}

export class CallbackDialogue implements UploadDialogue {
  readonly #parts: CallbackDialogueParts;
  #lastName: string | undefined;

  constructor(parts: CallbackDialogueParts) {
    this.#parts = parts;
    this.#lastName = parts.lastName;
  }

  get lastName(): string | undefined {
    return this.#lastName;
  }

  async nextDts(signal: AbortSignal): Promise<number | undefined> {
    const { log } = this.#parts;
    try {
      const reply = await this.#ask({ op: 'next_dts' }, signal);
      if (!isFine(reply)) throw refusal('the platform named no time stamp to begin with', reply);
      const dts = parsed(nextDtsAnswer, reply).next_dts ?? 0;
      return dts > 0 ? dts : undefined;
    } catch (err) {
      log.debug({ err }, 'recording begins with the time stamps of its source');
      return undefined;
    }
  }

  async reach(signal: AbortSignal): Promise<void> {
    await this.#ask({ op: 'next_dts' }, signal);
  }

  async upload(segment: Segment, attempt: UploadAttempt, signal: AbortSignal): Promise<UploadOutcome> {
    return attempted(async () => {
      const reply = await this.#ask(this.#createForm(segment), signal);
      if (!isFine(reply)) return refused('the platform refused a segment', reply);
      const { name, uri } = parsed(createAnswer, reply);
      if (!name || !uri) return { kind: 'paused' };
      attempt.onWanted();
      const outcome = await attempted(() => this.#put(segment, uri, attempt.allowanceMs, signal));
      if (outcome.kind === 'stored') this.#lastName = name;
      else await this.#fail(name, signal);
      return outcome;
    });
  }

  async save(signal: AbortSignal): Promise<UploadOutcome> {
    const name = this.#lastName;
    if (name === undefined) return { kind: 'stored' };
    return attempted(async () => {
      const reply = await this.#ask({ op: 'save', name }, signal);
      return isFine(reply) ? { kind: 'stored' } : refused('the platform refused to end a session', reply);
    });
  }

  #createForm({ bytes, startUs, durationUs, nextDts }: Segment): Record<string, string> {
    return {
      op: 'create',
      content_type: CONTENT_TYPE,
      size: String(bytes),
      start: seconds(startUs),
      duration: seconds(durationUs),
      next_dts: String(nextDts),
      ...(this.#lastName === undefined ? {} : { last_file_name: this.#lastName }),
    };
  }

  async #put(segment: Segment, uri: string, allowanceMs: number, signal: AbortSignal): Promise<UploadOutcome> {
    const url = webUrl(uri);
    if (!url) throw new GatewayError('upload-failed', 'the platform named an upload address that is no web address');
    const request = { method: 'PUT', url, contentType: CONTENT_TYPE, body: segment.parts } as const;
    const send = (): Promise<HttpReply> => this.#timed(allowanceMs, signal, (s) => this.#parts.http.send(request, s));
    const first = await send();
    // Object stores fail now and then; one immediate retry belongs to the dialogue.
    const reply = first.status >= 400 ? await send() : first;
    return isFine(reply) ? { kind: 'stored' } : failed(refusal('the store refused a segment', reply), reply);
  }

  /** Tells the platform that it waits in vain, also at the end. When that fails, its own clean-up has to find out. */
  async #fail(name: string, signal: AbortSignal): Promise<void> {
    this.#lastName = undefined;
    const form = { op: 'fail', name };
    const told = signal.aborted ? this.#ask(form, new AbortController().signal, FAREWELL_MS) : this.#ask(form, signal);
    await told.catch((err: unknown) => {
      this.#parts.log.debug({ err }, 'failed upload not reported');
    });
  }

  #ask(form: Readonly<Record<string, string>>, signal: AbortSignal, ms = QUESTION_MS): Promise<HttpReply> {
    const body = [Buffer.from(new URLSearchParams(form).toString())];
    const { callbackUrl: url } = this.#parts;
    const request = { method: 'POST', url, contentType: FORM_TYPE, body, ofPlatform: true } as const;
    return this.#timed(ms, signal, (s) => this.#parts.http.send(request, s));
  }

  #timed<T>(ms: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = (): Error => new GatewayError('timed-out', 'the platform did not answer in time', { wait_ms: ms });
    return withDeadline({ clock: this.#parts.clock, ms, signal, late }, work);
  }
}

/** Runs one step; what it throws on purpose is a failure of that step. */
async function attempted(step: () => Promise<UploadOutcome>): Promise<UploadOutcome> {
  try {
    return await step();
  } catch (err) {
    if (err instanceof GatewayError) return { kind: 'failed', why: err };
    throw err;
  }
}

const isFine = ({ status }: HttpReply): boolean => status >= 200 && status < 300;

function refused(message: string, reply: HttpReply): UploadOutcome {
  const why = refusal(message, reply);
  return GONE.has(reply.status) ? { kind: 'gone', why } : failed(why, reply);
}

function failed(why: GatewayError, { retryAfterMs }: HttpReply): UploadOutcome {
  return { kind: 'failed', why, retryAfterMs };
}

function refusal(message: string, reply: HttpReply): GatewayError {
  const answer = failure.safeParse(json(reply.text));
  const reason = answer.success ? answer.data.info.slice(0, LONGEST_REASON) : `status ${reply.status}`;
  return new GatewayError('upload-failed', message, { status: reply.status, reason });
}

function parsed<T extends z.ZodType>(schema: T, reply: HttpReply): z.infer<T> {
  const answer = schema.safeParse(json(reply.text));
  if (answer.success) return answer.data;
  throw new GatewayError('upload-failed', 'the platform sent an answer that makes no sense');
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Broken JSON and none at all are the same to whoever looks for a field.
    return undefined;
  }
}

function seconds(us: number): string {
  const whole = Math.floor(us / 1_000_000);
  return `${whole}.${String(us - whole * 1_000_000).padStart(6, '0')}`;
}
