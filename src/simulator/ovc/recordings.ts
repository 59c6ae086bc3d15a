import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import type { Secret } from '../../runtime/secret.ts';
import type { Bell } from './bell.ts';
import { playlist } from './playlist.ts';
import { RecordingLedger, type RecordingReport } from './recording-ledger.ts';
import { SegmentFolder } from './segment-folder.ts';

/** The platform's recordings: which sessions there are, what they hold, and who may bring and fetch it. */

export interface RecordingsParts {
  /** `http://host:port` of the listener. */
  readonly origin: () => string;
  /** With it, callback addresses carry a key, and playlists the token. */
  readonly token: Secret | undefined;
  readonly maxStoreBytes: number;
  readonly clock: Clock;
  /** Rings at every change. */
  readonly bell: Bell;
}

/** A name that is safe in a URL and as a file's. */
export const SESSION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const MAX_SESSIONS = 500;
const MAX_CALLBACK_BYTES = 256;

export class Recordings {
  readonly folder: SegmentFolder;
  readonly bell: Bell;
  readonly #parts: RecordingsParts;
  readonly #ledgers = new Map<string, RecordingLedger>();
  readonly #key = randomBytes(32);

  constructor(parts: RecordingsParts) {
    this.#parts = parts;
    this.bell = parts.bell;
    this.folder = new SegmentFolder(parts.maxStoreBytes, (name) => {
      for (const ledger of this.#ledgers.values()) ledger.forget(name);
    });
  }

  /** Every session that was told of or called, the oldest first. */
  get all(): readonly RecordingReport[] {
    return [...this.#ledgers.values()].map((ledger) => ledger.report());
  }

  get(session: string): RecordingReport | undefined {
    return this.#ledgers.get(session)?.report();
  }

  /**
   * The `cbk_url` of a session, which need not exist yet.
   * @throws GatewayError `bad-parameter` for a name that cannot stand in a URL, or makes it longer than 256 bytes
   */
  callbackUrl(session: string): string {
    const { origin, token } = this.#parts;
    if (!SESSION.test(session)) throw new GatewayError('bad-parameter', 'no name for a session', { session });
    const url = `${origin()}/cbk/${session}${token ? `?key=${this.#callbackKey(session, token)}` : ''}`;
    if (Buffer.byteLength(url) <= MAX_CALLBACK_BYTES) return url;
    throw new GatewayError('bad-parameter', 'callback address too long', { session });
  }

  /** Where a player finds the session. */
  playlistUrl(session: string): string {
    return `${this.#parts.origin()}/recordings/${session}.m3u8${this.#query}`;
  }

  /** Opens or closes the gate: uploads are wanted, or the recorder is told to wait. As an alarm would, for one session. */
  gate(session: string, open: boolean): void {
    const ledger = this.ledger(session);
    if (ledger) ledger.open = open;
    this.bell.ring();
  }

  /** The session's list for a player; undefined when there is no such session. */
  playlist(session: string): string | undefined {
    const report = this.get(session);
    return report && playlist(report, this.#query);
  }

  /** The session's ledger, made at the first call; undefined for a name that cannot be, or when there are too many. */
  ledger(session: string): RecordingLedger | undefined {
    const known = this.#ledgers.get(session);
    if (known || !SESSION.test(session) || this.#ledgers.size >= MAX_SESSIONS) return known;
    const ledger = new RecordingLedger(session, this.#parts.clock);
    this.#ledgers.set(session, ledger);
    return ledger;
  }

  /** Whether a call for the session may come in. */
  admits(session: string, key: string): boolean {
    const { token } = this.#parts;
    return token === undefined || equal(key, this.#callbackKey(session, token));
  }

  /** Where a segment is to be uploaded, until the address expires. */
  uploadUrl(origin: string, { session, name }: { session: string; name: string }, lifetimeMs: number): string {
    const expires = String(this.#parts.clock.wall().getTime() + lifetimeMs);
    const query = new URLSearchParams({ expires, sign: this.#sign(`${session}/${name}/${expires}`) });
    return `${origin}/store/${session}/${name}?${query}`;
  }

  /** Whether an upload comes with an address that we gave and that is still good. */
  permits({ session, name }: { session: string; name: string }, query: URLSearchParams): boolean {
    const expires = query.get('expires') ?? '';
    const signed = equal(query.get('sign') ?? '', this.#sign(`${session}/${name}/${expires}`));
    return signed && Number(expires) > this.#parts.clock.wall().getTime();
  }

  get #query(): string {
    const { token } = this.#parts;
    return token ? `?${new URLSearchParams({ token: token.reveal() })}` : '';
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }

  /** Made from the token, so that it is the same after a restart of the platform. */
  #callbackKey(session: string, token: Secret): string {
    return createHmac('sha256', token.reveal()).update(session).digest('base64url').slice(0, 24);
  }
}

function equal(given: string, due: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(due)];
  return a.length === b.length && timingSafeEqual(a, b);
}
