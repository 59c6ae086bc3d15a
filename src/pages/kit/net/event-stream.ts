import { signal } from '@preact/signals';

export interface EventStreamParts {
  readonly url: string;
  /** One row per event name; each is given what was parsed from the event's JSON. */
  readonly on: Readonly<Record<string, (content: unknown) => void>>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/** Server-sent events that come back by themselves: after a lost network, a restart of the box, a phone put away. */
export class EventStream {
  /** Whether what the page shows is fresh. */
  readonly connected = signal(false);
  readonly #parts: EventStreamParts;

  constructor(parts: EventStreamParts) {
    this.#parts = parts;
  }

  /** Listens until the signal aborts. */
  run(aborted: AbortSignal): void {
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let pauseMs = FIRST_PAUSE_MS;
    const open = (): void => {
      clearTimeout(timer);
      source?.close();
      source = this.#open({
        onOpen: () => {
          pauseMs = FIRST_PAUSE_MS;
        },
        onLost: () => {
          clearTimeout(timer);
          timer = setTimeout(open, pauseMs);
          pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
        },
      });
    };
    // A phone that wakes up does not wait for the next try.
    const wake = (): void => {
      if (document.visibilityState === 'visible' && !this.connected.value) open();
    };
    document.addEventListener('visibilitychange', wake, { signal: aborted });
    window.addEventListener('online', wake, { signal: aborted });
    aborted.addEventListener('abort', () => {
      clearTimeout(timer);
      source?.close();
    });
    open();
  }

  #open({ onOpen, onLost }: { onOpen: () => void; onLost: () => void }): EventSource {
    const source = new EventSource(this.#parts.url);
    source.onopen = () => {
      this.connected.value = true;
      onOpen();
    };
    source.onerror = () => {
      // The browser's own retry neither backs off nor survives a refusal.
      source.close();
      this.connected.value = false;
      onLost();
    };
    for (const [name, take] of Object.entries(this.#parts.on)) {
      source.addEventListener(name, (event: MessageEvent<string>) => take(JSON.parse(event.data)));
    }
    return source;
  }
}
