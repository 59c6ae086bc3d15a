import { FlvReader } from './flv-reader.ts';
import { CodecUnknown, Remuxer } from './remuxer.ts';
import { Sink, sourceClass } from './sink.ts';

export interface Playing {
  /** Such as `avc1.64001f`. */
  readonly codec: string;
  readonly bitsPerSecond: number;
  /** Between what has arrived and what is shown. */
  readonly delayMs: number;
  readonly width: number;
  readonly height: number;
}

export type PlaybackState =
  | { readonly kind: 'starting' | 'retrying' | 'unsupported' }
  | { readonly kind: 'codec-unknown'; readonly codec: string }
  | { readonly kind: 'playing'; readonly now: Playing };

export interface PlaybackParts {
  readonly video: HTMLVideoElement;
  /** Of the stream, HTTP-FLV. */
  readonly url: string;
  readonly sound: boolean;
  readonly onState: (state: PlaybackState) => void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
const SILENCE_MS = 10_000;
const LOOK_MS = 500;
/** Further behind than this it jumps, further than the next it hurries. */
const JUMP_SECONDS = 1.2;
const HURRY_SECONDS = 0.6;
const LANDING_SECONDS = 0.15;

/** Plays until the signal aborts; opens the stream again whenever it is lost. */
export async function play(parts: PlaybackParts, signal: AbortSignal): Promise<void> {
  const { onState } = parts;
  if (!sourceClass()) return onState({ kind: 'unsupported' });
  let pauseMs = FIRST_PAUSE_MS;
  onState({ kind: 'starting' });
  while (!signal.aborted) {
    try {
      await playOnce(parts, signal, () => {
        pauseMs = FIRST_PAUSE_MS;
      });
    } catch (err) {
      if (err instanceof CodecUnknown) return onState({ kind: 'codec-unknown', codec: err.codec });
    }
    if (signal.aborted) break;
    onState({ kind: 'retrying' });
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

/** One opening of the stream, to its end. Rejects when there is none. */
async function playOnce({ video, url, sound, onState }: PlaybackParts, over: AbortSignal, onPicture: () => void) {
  const Source = sourceClass();
  if (!Source) return;
  const life = new AbortController();
  const end = (): void => life.abort();
  over.addEventListener('abort', end, { once: true });
  const meter = { bytes: 0, codec: '', heardAt: Date.now() };
  const look = setInterval(() => {
    if (Date.now() - meter.heardAt > SILENCE_MS) life.abort();
    const state = lookAt(video, meter);
    if (!state) return;
    onPicture();
    onState(state);
  }, LOOK_MS);
  try {
    const sink = await Sink.open(video, Source, life.signal);
    const answer = await fetch(url, { signal: life.signal, credentials: 'same-origin' });
    if (!answer.ok || !answer.body) throw new TypeError('there is no stream');
    const reader = new FlvReader();
    const remuxer = new Remuxer({ sound });
    const bytes = answer.body.getReader();
    for (;;) {
      const { done, value } = await bytes.read();
      if (done) return;
      meter.bytes += value.length;
      meter.heardAt = Date.now();
      for (const piece of reader.push(value).flatMap((tag) => remuxer.take(tag))) {
        if (piece.type === 'setup' && piece.kind === 'video') meter.codec = piece.codec;
        sink.take(piece);
      }
      keepUp(video, sink.ahead);
    }
  } finally {
    clearInterval(look);
    over.removeEventListener('abort', end);
    life.abort();
  }
}

/** Live means now: a little behind is caught up quickly, much is left out. */
function keepUp(video: HTMLVideoElement, ahead: number): void {
  if (ahead > JUMP_SECONDS) video.currentTime += ahead - LANDING_SECONDS;
  video.playbackRate = ahead > HURRY_SECONDS ? 1.1 : 1;
  // A browser that wants a touch first says so by rejecting; its controls are there for that.
  if (video.paused) video.play().catch(() => undefined);
}

function lookAt(video: HTMLVideoElement, meter: { bytes: number; codec: string }): PlaybackState | undefined {
  const bitsPerSecond = (meter.bytes * 8 * 1_000) / LOOK_MS;
  meter.bytes = 0;
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || bitsPerSecond === 0) return undefined;
  const { buffered, currentTime, videoWidth: width, videoHeight: height } = video;
  const delayMs = buffered.length > 0 ? (buffered.end(buffered.length - 1) - currentTime) * 1_000 : 0;
  return { kind: 'playing', now: { codec: meter.codec, bitsPerSecond, delayMs, width, height } };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
