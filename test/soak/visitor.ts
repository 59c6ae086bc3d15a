/** What a page reads, and what a monitoring system does. */
const PATHS = [
  ...['/', '/healthz', '/readyz', '/metrics', '/api/status'],
  ...['/api/history', '/api/log?limit=2000', '/api/packets', '/api/alarms'],
];
const VISIT_MS = 20_000;

/** Somebody who looks at the local page: he follows what happens, reads all there is, and goes without a word. */
export class Visitor {
  readonly #origin: string;
  #stay: AbortController | undefined;
  #following: Promise<void> = Promise.resolve();
  /** Answers so far that were as they should be. */
  pages = 0;

  constructor(port: number) {
    this.#origin = `http://127.0.0.1:${port}`;
  }

  async come(): Promise<void> {
    const stay = new AbortController();
    this.#stay = stay;
    this.#following = this.#follow(stay.signal).catch(() => undefined);
    for (const path of PATHS) await this.#read(path);
  }

  async leave(): Promise<void> {
    this.#stay?.abort();
    await this.#following;
  }

  async #read(path: string): Promise<void> {
    const answer = await fetch(`${this.#origin}${path}`, { signal: AbortSignal.timeout(VISIT_MS) }).catch(
      () => undefined,
    );
    const text = await answer?.text().catch(() => '');
    // `/readyz` says no while the platform is away.
    if (text) this.pages++;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { body } = await fetch(`${this.#origin}/api/events`, { signal });
    const reader = body?.getReader();
    while (reader && !(await reader.read()).done);
  }
}
