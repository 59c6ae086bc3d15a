import type { GatewayProcess } from './gateway-process.ts';

/** Somebody who uses the local page's API as a browser would: with a cookie, and from its own page. */
export class PageVisitor {
  readonly #base: URL;
  #cookie = '';

  constructor(base: string) {
    this.#base = new URL(base);
  }

  /** The page of a gateway, once it is open. */
  static async of(gateway: GatewayProcess, line = 'the local page is open'): Promise<PageVisitor> {
    const { urls }: { urls: readonly [string] } = JSON.parse(await gateway.says(line));
    return new PageVisitor(urls[0]);
  }

  async ask(path: string, { method = 'GET', body }: { method?: string; body?: unknown } = {}): Promise<Response> {
    const response = await fetch(new URL(path, this.#base), {
      method,
      headers: {
        origin: this.#base.origin,
        cookie: this.#cookie,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const [cookie] = response.headers.getSetCookie();
    if (cookie !== undefined) this.#cookie = cookie.split(';')[0] ?? '';
    return response;
  }

  /** The answer's JSON, which has to be of that shape. */
  async json<T>(path: string, asking: { method?: string; body?: unknown } = {}): Promise<T> {
    const answer: T = JSON.parse(await (await this.ask(path, asking)).text());
    return answer;
  }

  send<T>(path: string, body: unknown, method = 'POST'): Promise<T> {
    return this.json<T>(path, { method, body });
  }
}
