import { connectionWords } from '../../runtime/connection-words.ts';
import { GatewayError, isKind } from '../../runtime/errors.ts';
import type { FlvTag } from '../flv-tag.ts';
import type { RtmpAddress } from './address.ts';
import { amfObject, encodeAmf } from './amf0.ts';
import { Commands, type Status } from './commands.ts';
import type { RtmpConnection } from './connection.ts';
import { CHUNK_STREAM, type RtmpMessage, TYPE } from './message.ts';
import { statusWords } from './status-words.ts';

/** Servers look at this name; some let in only what looks like Adobe's encoder. */
const FLASH_VERSION = 'FMLE/3.0 (compatible; ovd-gateway)';

/** How far a session has come, and what it means when the server hangs up or falls silent there. */
export const STEPS = {
  connection: { hangUpRefuses: false, wording: 'while connecting' },
  handshake: { hangUpRefuses: false, wording: 'during the handshake' },
  // Several servers refuse an application or a key by hanging up without a word.
  application: { hangUpRefuses: true, wording: 'when asked for the application' },
  stream: { hangUpRefuses: true, wording: 'when asked for a stream' },
  publish: { hangUpRefuses: true, wording: 'when asked to publish; is the stream key right, and free?' },
  live: { hangUpRefuses: false, wording: 'while live' },
} as const;

/** The publisher's dialogue with a server: from the handshake to the accepted publish, then media, then the goodbye. */
export class PublishSession {
  step: keyof typeof STEPS = 'connection';
  readonly #address: RtmpAddress;
  readonly #connection: RtmpConnection;
  readonly #commands: Commands;
  #streamId = 0;
  #accept = (): void => undefined;

  constructor(address: RtmpAddress, connection: RtmpConnection) {
    this.#address = address;
    this.#connection = connection;
    this.#commands = new Commands((streamId, body) => {
      connection.send(CHUNK_STREAM.command, { type: TYPE.command, streamId, timestampMs: 0, body });
    });
  }

  /**
   * Resolves when the server has accepted the publish, with a promise that rejects when the session is over.
   * @throws GatewayError `publish-refused`, `publish-failed`
   */
  async open(): Promise<{ over: Promise<never> }> {
    try {
      this.step = 'handshake';
      await this.#connection.open();
      const over = this.#listen();
      // Whoever has the session waits for it in a race; here it may be too late for that.
      over.catch(() => undefined);
      await Promise.race([this.#ask(), over]);
      this.step = 'live';
      return { over };
    } catch (err) {
      throw this.#failure(err);
    }
  }

  /** Sound waits for the next tag, a twenty-fifth of a second: more than a third of the tags need no write of their own. */
  send({ kind, timestampMs, body }: FlvTag): void {
    const message = {
      type: TYPE[kind],
      streamId: this.#streamId,
      timestampMs,
      body: kind === 'script' ? frameData(body) : body,
    };
    this.#connection.send(CHUNK_STREAM[kind], message, kind === 'audio');
  }

  /** Says that the stream is over; what is queued goes out before it. */
  sayGoodbye(): void {
    this.#commands.tell(0, 'FCUnpublish', null, this.#address.streamKey);
    this.#commands.tell(0, 'deleteStream', null, this.#streamId);
  }

  async #ask(): Promise<void> {
    const { app, tcUrl, streamKey } = this.#address;
    const accepted = new Promise<void>((resolve) => {
      this.#accept = resolve;
    });
    this.step = 'application';
    const connect = { app, type: 'nonprivate', flashVer: FLASH_VERSION, tcUrl };
    await this.#commands.call(0, 'connect', amfObject(connect));
    this.#connection.announce();
    this.step = 'stream';
    this.#commands.tell(0, 'releaseStream', null, streamKey);
    this.#commands.tell(0, 'FCPublish', null, streamKey);
    const [, streamId] = await this.#commands.call(0, 'createStream', null);
    if (typeof streamId !== 'number') throw new GatewayError('protocol-broken', 'rtmp server gave no stream number');
    this.#streamId = streamId;
    this.step = 'publish';
    void this.#commands.call(streamId, 'publish', null, streamKey, 'live');
    await accepted;
  }

  async #listen(): Promise<never> {
    try {
      await this.#connection.listen((message) => this.#hear(message));
    } catch (err) {
      throw this.#failure(err);
    }
    throw this.#failure(new GatewayError('link-lost', 'the media server hung up'));
  }

  #hear({ type, body }: RtmpMessage): void {
    if (type !== TYPE.command && type !== TYPE.commandAmf3) return;
    // AMF3 commands are a zero byte with AMF0 behind it.
    const status = this.#commands.hear(type === TYPE.command ? body : body.subarray(1));
    if (status) this.#judge(status);
  }

  #judge(status: Status): void {
    const code = status.code.toLowerCase();
    if (code === 'netstream.publish.start') this.#accept();
    const reason = statusWords(status, this.#address);
    if (status.level === 'error')
      throw new GatewayError('publish-refused', 'the media server refused the stream', { reason });
    if (ENDS.has(code)) throw new GatewayError('publish-failed', 'the media server ended the stream', { reason });
  }

  /** What went wrong, in our terms; a socket's error stays as the cause. */
  #failure(err: unknown): GatewayError {
    if (isKind(err, 'publish-refused', 'publish-failed')) return err;
    const { hangUpRefuses, wording } = STEPS[this.step];
    if (isKind(err, 'protocol-broken'))
      return new GatewayError('publish-failed', 'rtmp failed', { reason: err.message });
    const happened = isKind(err, 'link-lost') ? 'server hung up' : connectionWords(err);
    const reason = `${happened} ${wording}`;
    return hangUpRefuses
      ? new GatewayError('publish-refused', 'the media server refused the stream', { reason, cause: err })
      : new GatewayError('publish-failed', 'the connection to the media server was lost', { reason, cause: err });
  }
}

/** Statuses that end a publish without calling it an error. */
const ENDS: ReadonlySet<string> = new Set([
  'netstream.unpublish.success',
  'netconnection.connect.closed',
  'netconnection.connect.appshutdown',
]);

const METADATA_NAME = encodeAmf('onMetaData');
const SET_DATA_FRAME = encodeAmf('@setDataFrame');

/** Metadata is set, so that the server keeps it for players that come later; anything else passes as it is. */
function frameData(body: Buffer): Buffer {
  const isMetadata = body.subarray(0, METADATA_NAME.length).equals(METADATA_NAME);
  return isMetadata ? Buffer.concat([SET_DATA_FRAME, body]) : body;
}
