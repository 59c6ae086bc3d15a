import { Scope } from '../../runtime/scope.ts';
import type { Bell } from './bell.ts';

export interface EventSourceParts {
  /** What there is to tell since the last call; `''` for nothing. */
  readonly news: () => string;
  /** Rings whenever it is worth asking again. */
  readonly bell: Bell;
  /** After something was told, this long nothing more is. */
  readonly pause?: (signal: AbortSignal) => Promise<void>;
  /** Ends with the platform. */
  readonly signal: AbortSignal;
}

export const EVENT_STREAM = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' } as const;

/** Server-sent events at the pace of the reader: nothing is kept for a slow one. */
export function eventStream({ news, bell, pause, signal }: EventSourceParts): ReadableStream<Uint8Array> {
  const scope = new Scope(signal);
  const encoder = new TextEncoder();
  let told = false;
  return new ReadableStream({
    async pull(controller) {
      if (told) await pause?.(scope.signal);
      while (!scope.signal.aborted) {
        const text = news();
        if (text !== '') {
          told = true;
          controller.enqueue(encoder.encode(text));
          return;
        }
        await bell.next(scope.signal);
      }
      // Cancelled by the reader it is closed already; here the platform ends.
      if (signal.aborted) controller.close();
    },
    cancel: () => scope.end(),
  });
}

/** One event; with an `id` a browser that reconnects says where it was. */
export function serverSentEvent(name: string, value: unknown, id?: number): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(value)}\n\n`;
}
