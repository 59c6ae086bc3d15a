import { GatewayError } from '../../runtime/errors.ts';

/** Cuts the bytes of one RTSP connection into requests and interleaved frames (RFC 2326 §4, §10.12). */

export interface RtspRequest {
  readonly method: string;
  /** The URL exactly as it stood in the request line. */
  readonly target: string;
  /** By lower-case name; of a header that comes twice, the last. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A packet between requests; `bytes` still has its four bytes of header in front. */
export interface InterleavedFrame {
  readonly channel: number;
  readonly bytes: Buffer;
}

export type RtspItem = RtspRequest | InterleavedFrame;

const DOLLAR = 0x24;
const FRAME_HEADER_BYTES = 4;
const MOST_HEAD_BYTES = 8_192;
const MOST_BODY_BYTES = 65_536;
const HEAD_END = '\r\n\r\n';

export class RtspParser {
  #rest: Buffer = Buffer.alloc(0);

  /**
   * Yields what is complete with this chunk. The frames share the chunk's memory.
   * @throws GatewayError `protocol-broken` on anything that is no RTSP, or is too long to be true
   */
  *read(chunk: Buffer): Generator<RtspItem> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let item = this.#next(); item; item = this.#next()) yield item;
  }

  #next(): RtspItem | undefined {
    if (this.#rest.length === 0) return undefined;
    return this.#rest[0] === DOLLAR ? this.#frame() : this.#request();
  }

  #frame(): InterleavedFrame | undefined {
    if (this.#rest.length < FRAME_HEADER_BYTES) return undefined;
    const endsAt = FRAME_HEADER_BYTES + this.#rest.readUInt16BE(2);
    if (this.#rest.length < endsAt) return undefined;
    return { channel: this.#rest.readUInt8(1), bytes: this.#take(endsAt) };
  }

  #request(): RtspRequest | undefined {
    const headBytes = this.#rest.subarray(0, MOST_HEAD_BYTES).indexOf(HEAD_END);
    if (headBytes < 0) {
      if (this.#rest.length >= MOST_HEAD_BYTES) throw broken('the head of a request is too long');
      return undefined;
    }
    const { length, ...head } = parseHead(this.#rest.toString('latin1', 0, headBytes));
    const bodyAt = headBytes + HEAD_END.length;
    if (this.#rest.length < bodyAt + length) return undefined;
    return { ...head, body: this.#take(bodyAt + length).toString('utf8', bodyAt) };
  }

  #take(bytes: number): Buffer {
    const taken = this.#rest.subarray(0, bytes);
    this.#rest = this.#rest.subarray(bytes);
    return taken;
  }
}

function parseHead(head: string): Omit<RtspRequest, 'body'> & { readonly length: number } {
  const [first = '', ...lines] = head.trimStart().split('\r\n');
  const [, method, target] = /^([A-Z_]{3,32}) (\S{1,2048}) RTSP\/1\.\d$/.exec(first) ?? [];
  if (method === undefined || target === undefined) throw broken('no RTSP request line');
  const headers = new Map(lines.map(headerOf));
  const length = Number(headers.get('content-length') ?? 0);
  if (!Number.isInteger(length) || length < 0 || length > MOST_BODY_BYTES) throw broken('no usable Content-Length');
  return { method, target, headers, length };
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
}

function broken(reason: string): GatewayError {
  return new GatewayError('protocol-broken', 'rtsp client sent nonsense', { reason });
}
