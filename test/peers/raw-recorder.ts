import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import type { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';

/** What a recorder brings when nobody looks at it. */
export const SEGMENT = Buffer.alloc(188 * 4, 0x47);

/** A recorder without any sense of its own: segments of 2 s, and what a test wants to be said of them. */
export class RawRecorder {
  readonly #ovc: OvcSimulator;
  readonly #session: string;

  constructor(ovc: OvcSimulator, session = 's1') {
    this.#ovc = ovc;
    this.#session = session;
  }

  get report() {
    return this.#ovc.recordings.get(this.#session);
  }

  async ask(form: Readonly<Record<string, string>>, url = this.#ovc.recordings.callbackUrl(this.#session)) {
    const reply = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
    const text = await reply.text();
    // The tests look at single fields of an answer whose shape is what they check.
    return { status: reply.status, text, body: JSON.parse(text || '{}') as Record<string, string> };
  }

  create(number: number, more: Readonly<Record<string, string>> = {}) {
    const [start, nextDts] = [1_500_000_000 + number * 2, (number + 1) * 180_000];
    const said = { op: 'create', content_type: 'video/mp2t', size: String(SEGMENT.length), duration: '2.000000' };
    return this.ask({ ...said, start: `${start}.000000`, next_dts: String(nextDts), ...more });
  }

  put(uri: string, content: Buffer = SEGMENT, headers: Readonly<Record<string, string>> = {}): Promise<number> {
    const fine = { 'Content-Type': 'video/mp2t', 'Content-Length': String(content.length) };
    return new Promise((resolve, reject) => {
      const request = httpRequest(uri, { method: 'PUT', agent: false, headers: { ...fine, ...headers } }, (reply) => {
        reply.resume().on('end', () => resolve(reply.statusCode ?? 0));
      });
      request.on('error', reject).end(content);
    });
  }

  async bring(number: number, more: Readonly<Record<string, string>> = {}, content: Buffer = SEGMENT): Promise<string> {
    const { name = '', uri = '' } = (await this.create(number, { size: String(content.length), ...more })).body;
    assert.equal(await this.put(uri, content), 200);
    return name;
  }
}
