import { type Clock, withDeadline } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';

/** One HTTP request; resolves with its reply, whatever the status. */
export interface PictureHttp {
  send(
    request: {
      readonly method: 'POST' | 'PUT';
      readonly url: URL;
      readonly contentType: string;
      readonly body: readonly Buffer[];
    },
    signal: AbortSignal,
  ): Promise<{ readonly status: number }>;
  close(): void;
}

export interface PictureUploadParts {
  readonly http: PictureHttp;
  readonly method: 'POST' | 'PUT';
  readonly clock: Clock;
}

const UPLOAD_MS = 10_000;
const PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:']);
/** What a server says that may change its mind (RFC 9110): too slow, too early, too many. */
const WORTH_ANOTHER_TRY: ReadonlySet<number> = new Set([408, 425, 429]);

/** Brings one JPEG to one address of the OVC. The address may be signed, so it stands in no error and no log line. */
export class PictureUpload {
  readonly #parts: PictureUploadParts;

  constructor(parts: PictureUploadParts) {
    this.#parts = parts;
  }

  /**
   * One try. Redirects are not followed: where the OVC wants the picture, it has said.
   * @throws GatewayError `bad-parameter` for what is no web address, `refused` where another try is in vain,
   * `upload-failed`, `timed-out`
   */
  async bring(address: string, jpeg: Buffer, signal: AbortSignal): Promise<void> {
    const { http, method, clock } = this.#parts;
    const url = webUrl(address);
    const late = (): Error => new GatewayError('timed-out', 'the upload of the picture took too long', host(url));
    const request = { method, url, contentType: 'image/jpeg', body: [jpeg] };
    const { status } = await withDeadline({ clock, ms: UPLOAD_MS, signal, late }, (inTime) =>
      http.send(request, inTime),
    );
    if (status >= 200 && status < 300) return;
    const final = status >= 300 && status < 500 && !WORTH_ANOTHER_TRY.has(status);
    const kind = final ? 'refused' : 'upload-failed';
    throw new GatewayError(kind, 'the picture was not taken', { ...host(url), reason: `HTTP ${status}` });
  }

  /** Ends all sockets. */
  close(): void {
    this.#parts.http.close();
  }
}

function webUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && PROTOCOLS.has(url.protocol)) return url;
  throw new GatewayError('bad-parameter', 'the address for the picture is no http or https URL');
}

const host = (url: URL): { host: string } => ({ host: url.hostname });
