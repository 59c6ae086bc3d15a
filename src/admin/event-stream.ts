import type { House } from './house.ts';

/** What may wait for a visitor who reads slowly; one who is further behind begins anew. */
const MOST_WAITING_BYTES = 1024 * 1024;
const STATUS_EVERY_MS = 1_000;
/** Shows a proxy, and us, that the other side is there. */
const SIGN_OF_LIFE_MS = 15_000;

/** Everything that happens, to one visitor. His going stops what he moves. */
export function eventStream(house: House, visitor: string, signal: AbortSignal): Response {
  return new Response(eventsFor(house, visitor, signal), {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  });
}

function eventsFor(house: House, visitor: string, signal: AbortSignal): ReadableStream<Uint8Array> {
  const text = new TextEncoder();
  let end: () => void = () => undefined;
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        const send = (piece: string): void => {
          if ((controller.desiredSize ?? 0) <= 0) end();
          else controller.enqueue(text.encode(piece));
        };
        const status = throttled(() => send(framed('status', house.site.status())), STATUS_EVERY_MS);
        const unfollow = house.site.follow((event) =>
          event.name === 'changed' ? status.ask() : send(framed(event.name, event.data)),
        );
        const life = setInterval(() => send(': alive\n\n'), SIGN_OF_LIFE_MS);
        end = () => {
          end = () => undefined;
          signal.removeEventListener('abort', over);
          unfollow();
          status.stop();
          clearInterval(life);
          house.orders.visitorGone(visitor);
          try {
            controller.close();
          } catch {
            // The visitor has closed it himself.
          }
        };
        const over = (): void => end();
        signal.addEventListener('abort', over, { once: true });
        if (signal.aborted) end();
        else status.ask();
      },
      cancel: () => end(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MOST_WAITING_BYTES }),
  );
}

function framed(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Does at once what is asked for, and then at most once per `ms`; the last asking is never forgotten. */
function throttled(act: () => void, ms: number): { ask(): void; stop(): void } {
  let pause: NodeJS.Timeout | undefined;
  let asked = false;
  const ask = (): void => {
    if (pause) {
      asked = true;
      return;
    }
    asked = false;
    pause = setTimeout(() => {
      pause = undefined;
      if (asked) ask();
    }, ms);
    act();
  };
  return { ask, stop: () => clearTimeout(pause) };
}
