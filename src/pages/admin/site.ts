import { type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ServerEvents, SessionAnswer, SiteStatus } from '../../admin/api.ts';
import { type Client, createClient } from '../kit/net/client.ts';
import { EventStream } from '../kit/net/event-stream.ts';
import { useNow } from '../kit/words/figures.ts';

type News = Pick<ServerEvents, 'log' | 'packet' | 'alarm'>;
type Listeners = { readonly [Name in keyof News]: Set<(news: News[Name]) => void> };

/** What the page knows of its box, and how it asks. One a page. */
export class Site {
  readonly session: Signal<SessionAnswer | undefined> = signal(undefined);
  readonly status: Signal<SiteStatus | undefined> = signal(undefined);
  /** How far the box's clock is ahead of this browser's. */
  readonly aheadMs = signal(0);
  readonly client: Client;
  /** By which the box knows this page among others of the same browser. */
  readonly page = nameOfPage();
  readonly #stream: EventStream;
  readonly #listeners: Listeners = { log: new Set(), packet: new Set(), alarm: new Set() };

  constructor() {
    this.client = createClient({ onSignedOut: () => void this.meet() });
    this.#stream = new EventStream({
      url: `api/events?page=${this.page}`,
      on: {
        // The types of both sides come from one file.
        status: (content) => this.#take(content as SiteStatus),
        log: (content) => this.#tell('log', content as News['log']),
        packet: (content) => this.#tell('packet', content as News['packet']),
        alarm: (content) => this.#tell('alarm', content as News['alarm']),
      },
    });
  }

  /** Whether what is shown is fresh. */
  get connected(): boolean {
    return this.#stream.connected.value;
  }

  /** Asks who we are to the box; it decides what the page shows. Resolves in any case. */
  async meet(): Promise<void> {
    const session = await this.client.get<SessionAnswer>('api/session').catch(() => undefined);
    if (session) this.session.value = session;
  }

  /** Follows the box until the signal aborts. */
  follow(signal: AbortSignal): void {
    this.#stream.run(signal);
    // A stream that ends may mean that our session did.
    const stop = this.#stream.connected.subscribe((connected) => {
      if (!connected && this.status.peek()) void this.meet();
    });
    signal.addEventListener('abort', stop);
  }

  listen<Name extends keyof News>(name: Name, take: (news: News[Name]) => void): () => void {
    const listeners: Set<(news: News[Name]) => void> = this.#listeners[name];
    listeners.add(take);
    return () => listeners.delete(take);
  }

  #take(status: SiteStatus): void {
    this.aheadMs.value = Date.parse(status.time.now) - Date.now();
    this.status.value = status;
  }

  #tell<Name extends keyof News>(name: Name, news: News[Name]): void {
    const listeners: Set<(news: News[Name]) => void> = this.#listeners[name];
    for (const take of listeners) take(news);
  }
}

/** Without `randomUUID`, which a page has over https only. */
function nameOfPage(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const SiteContext = createContext<Site | undefined>(undefined);

export function useSite(): Site {
  const site = useContext(SiteContext);
  if (!site) throw new Error('a component stands outside the page');
  return site;
}

/** The time at the box, to which all its times belong. */
export function useBoxNow(): number {
  return useNow() + useSite().aheadMs.value;
}
