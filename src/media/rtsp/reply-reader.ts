import { GatewayError } from '../../runtime/errors.ts';

export interface RtspReply {
  readonly status: number;
  /** The values of each header, its name in lower case. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
}

const MAX_HEAD_BYTES = 16 * 1024;
const MAX_BODY_BYTES = 64 * 1024;
/** Cameras in a hurry end their lines with a bare newline. */
const HEAD_END = /\r?\n\r?\n/;

/** Cuts the bytes of a connection into RTSP replies (RFC 2326 §7). Knows bytes, not sockets. */
export class ReplyReader {
  #bytes = Buffer.alloc(0);

  /**
   * Takes what has arrived; gives a reply once it is complete.
   * @throws GatewayError `camera-fault` for what is no RTSP, or too large
   */
  push(chunk: Buffer): RtspReply | undefined {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    // Header text is latin1, so that characters are bytes and what comes in can go back as it was.
    const text = this.#bytes
      .subarray(0, MAX_HEAD_BYTES)
      .toString('latin1')
      .replace(/^[\r\n]+/, '');
    const skipped = Math.min(this.#bytes.length, MAX_HEAD_BYTES) - text.length;
    if (!'RTSP/'.startsWith(text.slice(0, 5))) throw notRtsp('it answers in another protocol');
    const end = HEAD_END.exec(text);
    if (!end) {
      if (this.#bytes.length > MAX_HEAD_BYTES) throw notRtsp('its reply is too large');
      return undefined;
    }
    const { status, headers } = headOf(text.slice(0, end.index));
    const length = Number(headers.get('content-length')?.[0] ?? 0);
    if (!(length >= 0 && length <= MAX_BODY_BYTES)) throw notRtsp('its reply is too large');
    const from = skipped + end.index + end[0].length;
    if (this.#bytes.length < from + length) return undefined;
    const body = this.#bytes.subarray(from, from + length).toString('utf8');
    this.#bytes = this.#bytes.subarray(from + length);
    return { status, headers, body };
  }
}

function headOf(text: string): { status: number; headers: Map<string, string[]> } {
  const [first = '', ...lines] = text.split(/\r?\n/);
  const status = Number(/^RTSP\/\d\.\d +(\d{3})/.exec(first)?.[1]);
  if (Number.isNaN(status)) throw notRtsp('its status line is broken');
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:\s]+)\s*:\s*(.*)$/.exec(line) ?? [];
    const key = name.toLowerCase();
    if (key !== '') headers.set(key, [...(headers.get(key) ?? []), value]);
  }
  return { status, headers };
}

/** The error for a peer that is there and speaks no RTSP we understand. */
function notRtsp(reason: string): GatewayError {
  return new GatewayError('camera-fault', 'address does not speak RTSP', { reason });
}
