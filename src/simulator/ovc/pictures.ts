import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../runtime/clock.ts';
import type { Bell } from './bell.ts';

/** Where devices bring their pictures: addresses to hand out, and what came there. Knows HTTP, and nothing of alarms. */

export interface PicturesParts {
  /** `http://host:port` of the listener. */
  readonly origin: () => string;
  readonly clock: Clock;
  readonly bell: Bell;
}

export interface PictureReport {
  readonly id: string;
  /** Uploads that came to the address, refused ones included. */
  readonly uploads: number;
  /** Of the picture that was taken, as `method`, `contentType` and `at` are; undefined before. */
  readonly bytes: number | undefined;
  readonly method: string | undefined;
  readonly contentType: string | undefined;
  /** ISO 8601. */
  readonly at: string | undefined;
  /** What the device did against the contract, in words. */
  readonly faults: readonly string[];
}

export interface PictureFaults {
  /** The next uploads, so many, are answered with this HTTP status. */
  readonly status: number;
  readonly times: number;
}

interface Offer {
  report: PictureReport;
  jpeg: Buffer | undefined;
}

const MOST_OFFERS = 1_000;
const MOST_KEPT = 50;
const MOST_BYTES = 8 * 1024 * 1024;
const PLACE = /^\/pictures\/([\w-]{10,64})(?:\?|$)/;
const METHODS: readonly (string | undefined)[] = ['POST', 'PUT'];
const JPEG_START = Buffer.from([0xff, 0xd8]);
const JPEG_END = Buffer.from([0xff, 0xd9]);

export class Pictures {
  readonly #parts: PicturesParts;
  readonly #offers = new Map<string, Offer>();
  #faults: PictureFaults = { status: 500, times: 0 };

  constructor(parts: PicturesParts) {
    this.#parts = parts;
  }

  get faults(): PictureFaults {
    return this.#faults;
  }

  set faults(faults: PictureFaults) {
    this.#faults = faults;
  }

  /** A new address, which nobody can guess. */
  offer(): { readonly id: string; readonly url: string } {
    const id = randomBytes(15).toString('base64url');
    const nothing = { bytes: undefined, method: undefined, contentType: undefined, at: undefined };
    this.#offers.set(id, { report: { id, uploads: 0, ...nothing, faults: [] }, jpeg: undefined });
    const [oldest] = this.#offers.keys();
    if (this.#offers.size > MOST_OFFERS && oldest !== undefined) this.#offers.delete(oldest);
    return { id, url: `${this.#parts.origin()}/pictures/${id}` };
  }

  report(id: string): PictureReport | undefined {
    return this.#offers.get(id)?.report;
  }

  /** The picture itself, while it is one of the last that came. */
  jpeg(id: string): Buffer | undefined {
    return this.#offers.get(id)?.jpeg;
  }

  /** Whether the request is for this desk. */
  takes({ url = '' }: IncomingMessage): boolean {
    return url.startsWith('/pictures/');
  }

  /** Never rejects. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, id = ''] = PLACE.exec(request.url ?? '') ?? [];
    const offer = this.#offers.get(id);
    // One that goes away in the middle has brought nothing.
    const body = await received(request).catch(() => undefined);
    if (!body) request.destroy();
    else response.writeHead(offer ? this.#judge(offer, request, body) : 404).end();
    this.#parts.bell.ring();
  }

  /** The HTTP status for what came. */
  #judge(offer: Offer, { method, headers }: IncomingMessage, body: Buffer): number {
    const { status, times } = this.#faults;
    offer.report = { ...offer.report, uploads: offer.report.uploads + 1 };
    if (times > 0) {
      this.#faults = { status, times: times - 1 };
      return status;
    }
    const faults = faultsIn({ method, headers, body, again: offer.jpeg !== undefined });
    offer.report = { ...offer.report, faults: [...offer.report.faults, ...faults].slice(-20) };
    if (!METHODS.includes(method)) return 405;
    const at = this.#parts.clock.wall().toISOString();
    offer.report = { ...offer.report, bytes: body.length, method, contentType: headers['content-type'], at };
    offer.jpeg = body;
    this.#forget();
    return 200;
  }

  #forget(): void {
    const kept = [...this.#offers.values()].filter(({ jpeg }) => jpeg);
    for (const old of kept.slice(0, -MOST_KEPT)) old.jpeg = undefined;
  }
}

interface Upload extends Pick<IncomingMessage, 'method' | 'headers'> {
  readonly body: Buffer;
  readonly again: boolean;
}

function faultsIn({ method, headers, body, again }: Upload): string[] {
  const type = headers['content-type'] ?? 'missing';
  const rules: ReadonlyArray<readonly [boolean, string]> = [
    [METHODS.includes(method), `${method} instead of POST or PUT`],
    [type === 'image/jpeg', `content type ${type} instead of image/jpeg`],
    [headers['content-length'] !== undefined, 'no Content-Length'],
    [body.subarray(0, 2).equals(JPEG_START), 'the body does not begin as a JPEG does'],
    [body.lastIndexOf(JPEG_END) > 0, 'the body does not end as a JPEG does'],
    [!again, 'the picture came before'],
  ];
  return rules.filter(([kept]) => !kept).map(([, fault]) => fault);
}

/** The body; undefined when it is too long. */
async function received(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    const chunk = Buffer.from(piece);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
