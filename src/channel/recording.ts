import type { Logger } from 'pino';
import { aborted } from '../runtime/scope.ts';
import type { Runnable } from '../runtime/supervise.ts';
import { Task } from '../runtime/task.ts';
import { chooseRecording, isSameStream, type StreamWish } from './choose-stream.ts';
import type { CameraSight, CameraStream, Recorder, RecordSettings } from './ports.ts';
import type { Recording } from './state.ts';

export interface RecordingParts {
  readonly channel: number;
  /** `auto`, or the token of the one profile that may be recorded. */
  readonly profile: string;
  readonly recorder: Recorder;
  readonly log: Logger;
  /** Hears what the session is like; undefined when there is none any more. */
  readonly tell: (recording: Recording | undefined) => void;
}

interface Session {
  readonly settings: RecordSettings;
  /** What is being recorded into it; none until the camera has been seen. */
  take: { readonly stream: CameraStream; readonly task: Task } | undefined;
}

/**
 * The one cloud recording of a channel. A session lives until the OVC stops or replaces it, through restarts of the
 * gateway and absences of the camera; it follows the camera to another address.
 */
export class CloudRecording implements Runnable {
  readonly #parts: RecordingParts;
  #life = AbortSignal.abort();
  #session: Session | undefined;

  constructor(parts: RecordingParts) {
    this.#parts = parts;
  }

  /** Takes the session up that was running when the process last ended. */
  async run(signal: AbortSignal): Promise<void> {
    const { channel, recorder, log } = this.#parts;
    this.#life = signal;
    const settings = recorder.unfinished(channel);
    if (settings) {
      log.info({ session_id: settings.sessionId }, 'recording resumed');
      this.#begin(settings);
    }
    await aborted(signal);
    await this.#session?.take?.task.stop();
  }

  /**
   * Resolves when the session is taken up, or at once when it is running already. Another one is stopped first.
   * @throws GatewayError what `sight` and `chooseRecording` throw
   */
  async start(settings: RecordSettings, sight: () => Promise<CameraSight>): Promise<void> {
    if (this.#session?.settings.sessionId === settings.sessionId) return;
    const seen = await sight();
    // Chosen before the running session is touched: an order that is refused changes nothing.
    chooseRecording(seen.streams, this.#wish(settings));
    await this.#end();
    this.#begin(settings);
    this.see(seen);
  }

  /** Stopping a session that is not there is a success. What it has is delivered in the background. */
  async stop(sessionId: string): Promise<void> {
    if (this.#session?.settings.sessionId === sessionId) await this.#end();
    // One that ended while the gateway was down may still be remembered.
    this.#parts.recorder.finish({ channel: this.#parts.channel, sessionId });
  }

  /** The camera was seen: the session records from where it is now. */
  see({ streams }: CameraSight): void {
    const { channel, recorder, log } = this.#parts;
    const session = this.#session;
    if (!session) return;
    try {
      const { settings } = session;
      const stream = chooseRecording(streams, this.#wish(settings));
      if (session.take && isSameStream(session.take.stream, stream)) return;
      const before = session.take?.task.stop();
      const task = new Task(async (signal) => {
        await before;
        // The session may be over by now, and recording into it would take it up again.
        if (signal.aborted) return;
        await recorder.record({ channel, settings, stream }, (report) => this.#report(session, report), signal);
      }, this.#life);
      session.take = { stream, task };
      task.done.catch((err: unknown) => log.error({ err, session_id: settings.sessionId }, 'recording failed'));
    } catch (err) {
      log.warn({ err, session_id: session.settings.sessionId }, 'no stream to record');
    }
  }

  #wish({ maxBitsPerSecond, quality }: RecordSettings): Omit<StreamWish, 'video'> {
    return { profile: this.#parts.profile, maxBitsPerSecond, quality };
  }

  #begin(settings: RecordSettings): void {
    this.#session = { settings, take: undefined };
    this.#parts.tell({ sessionId: settings.sessionId, flowing: false, why: 'waiting for the camera' });
  }

  #report(session: Session, report: { readonly flowing: boolean; readonly why?: string }): void {
    if (this.#session === session) this.#parts.tell({ sessionId: session.settings.sessionId, ...report });
  }

  async #end(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    this.#session = undefined;
    const { channel, recorder, tell } = this.#parts;
    recorder.finish({ channel, sessionId: session.settings.sessionId });
    tell(undefined);
    await session.take?.task.stop();
  }
}
