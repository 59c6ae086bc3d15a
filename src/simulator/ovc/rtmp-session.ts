import type { Socket } from 'node:net';
import NodeRtmpSession from 'node-media-server/src/node_rtmp_session.js';
import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import type { RtmpFaults } from './faults.ts';
import { FlvRelay } from './flv-relay.ts';
import type { StreamEnd, StreamLedger } from './rtmp-stream.ts';

/**
 * One RTMP connection of the ingest: node-media-server's own session, which speaks the protocol and relays to players,
 * with our ledger, our fault switches and our bounds around it. This file needs the optional package and is
 * therefore imported only when an ingest opens.
 */

export interface SessionParts {
  /** Put before every stream path inside node-media-server, whose list of publishers is one for the whole process. */
  readonly realm: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends with the ingest. */
  readonly signal: AbortSignal;
  readonly faults: () => RtmpFaults;
  /** The live publish of this path on this ingest, if there is one. */
  readonly taken: (path: string) => boolean;
  readonly open: (path: string, peer: string) => StreamLedger;
  /** Hears of everything that changes a ledger. */
  readonly changed: () => void;
}

/**
 * Chunks as large as most frames spare both sides work; the GOP cache lets a player start at once. The ping, in
 * seconds, keeps a quiet player alive: the library ends a connection after 30 s without any traffic.
 */
const CONFIG = { rtmp: { chunk_size: 60_000, gop_cache: true, ping: 25 } };

const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
const MAX_CHUNK_STREAMS = 64;
/** A source that never sends a key frame must not fill the memory through the cache. */
const MAX_CACHED_MESSAGES = 3000;

/** What an RTMP server says when it won't: level, code, words. */
const REFUSED = {
  taken: ['NetStream.Publish.BadName', 'Stream already publishing'],
  told: ['NetStream.Publish.BadName', 'The simulator was told to refuse'],
  second: ['NetStream.Publish.BadConnection', 'One stream for each connection, on a stream of its own'],
} as const;

export class IngestSession extends NodeRtmpSession {
  readonly #parts: SessionParts;
  readonly #relay = new FlvRelay();
  #app = '';
  #ledger: StreamLedger | undefined;
  #path = '';
  #farewell = false;
  #cut = false;

  constructor(socket: Socket, parts: SessionParts) {
    super(CONFIG, socket);
    this.#parts = parts;
    // The library guesses a missing frame rate with a timer of 5 s that nothing ends; a count above 0 never starts it.
    this.videoCount = 1;
    this.flvGopCacheQueue = this.#relay;
  }

  /** What is being published, as FLV; undefined when it is another publish, or too many look already. */
  watch(number: number): ReadableStream<Uint8Array> | undefined {
    return this.#ledger?.number === number ? this.#relay.watch() : undefined;
  }

  /** `/app/key` of the running publish. */
  get publishing(): string | undefined {
    return this.#ledger && this.#path;
  }

  /** Breaks the connection off at once. */
  cut(): void {
    this.#cut = true;
    this.stop();
  }

  /** Stops or goes on reading, if this connection publishes. */
  stall(on: boolean): void {
    if (!this.#ledger) return;
    if (on) this.socket.pause();
    else this.socket.resume();
  }

  override stop(): void {
    try {
      super.stop();
    } catch (err) {
      this.#parts.log.debug({ err }, 'rtmp session ended untidily');
    }
    this.socket.destroy();
  }

  override onSocketData(bytes: Buffer): void {
    if (!this.isStarting) return;
    try {
      super.onSocketData(bytes);
    } catch (err) {
      // The library trusts what it reads. A peer that breaks the protocol costs its own connection only.
      this.#parts.log.debug({ err }, 'rtmp peer broke the protocol');
      this.stop();
    }
  }

  override onSocketTimeout(): void {
    if (!this.#parts.faults().stalled) super.onSocketTimeout();
  }

  override rtmpPacketAlloc(): void {
    const tooMuch = this.parserPacket.header.length > MAX_MESSAGE_BYTES || this.inPackets.size > MAX_CHUNK_STREAMS;
    if (tooMuch) this.stop();
    else super.rtmpPacketAlloc();
  }

  override rtmpHandler(): void {
    // What is left in a buffer after the end is nobody's.
    if (this.isStarting) super.rtmpHandler();
  }

  override rtmpInvokeHandler(): void {
    if (commandName(this.parserPacket.payload) === 'FCUnpublish') this.#farewell = true;
    super.rtmpInvokeHandler();
  }

  override onConnect(command: NodeRtmpSession.Command): void {
    const app = command.cmdObj?.app;
    if (typeof app !== 'string' || this.#parts.faults().refuseConnect) {
      this.#refuseConnect(command.transId);
      return;
    }
    this.#app = app.replace(/^\/+|\/+$/g, '');
    super.onConnect(command);
    this.appname = `${this.#parts.realm}/${this.#app}`;
  }

  override onPublish(command: NodeRtmpSession.Command): void {
    const { acceptAfterMs } = this.#parts.faults();
    if (acceptAfterMs === 0) this.#publish(command);
    else void this.#publishLater(command, acceptAfterMs);
  }

  override onPlay(command: NodeRtmpSession.Command): void {
    // The library forgets players on stream 0 and on a second stream, and would trip over them later.
    if (this.#busy()) this.stop();
    else super.onPlay(command);
  }

  override onDeleteStream(command: NodeRtmpSession.Command): void {
    const own = command.streamId === this.publishStreamId;
    const how: StreamEnd = this.#cut ? 'cut' : this.isStarting || this.#farewell ? 'unpublished' : 'lost';
    super.onDeleteStream(command);
    if (!own || !this.#ledger) return;
    this.#ledger.end(how);
    this.#relay.end();
    this.#ledger = undefined;
    this.#farewell = false;
    this.#parts.changed();
  }

  override rtmpVideoHandler(): void {
    // The library rewrites enhanced headers in place, so we look first.
    const setup = this.#ledger?.video(this.#body(), this.parserPacket.clock);
    super.rtmpVideoHandler();
    if (setup) {
      this.#relay.setup('video', this.#body(), this.parserPacket.clock);
      this.#ledger?.size(this.videoWidth, this.videoHeight);
    }
    if ((this.rtmpGopCacheQueue?.size ?? 0) > MAX_CACHED_MESSAGES) this.#forgetGop();
    this.#parts.changed();
  }

  override rtmpAudioHandler(): void {
    const setup = this.#ledger?.audio(this.#body(), this.parserPacket.clock);
    if (setup) this.#relay.setup('audio', this.#body(), this.parserPacket.clock);
    super.rtmpAudioHandler();
    if ((this.rtmpGopCacheQueue?.size ?? 0) > MAX_CACHED_MESSAGES) this.#forgetGop();
    this.#parts.changed();
  }

  #publish(command: NodeRtmpSession.Command): void {
    const { streamName } = command;
    const path = typeof streamName === 'string' ? `/${this.#app}/${streamName.split('?')[0]}` : '';
    const refusal = this.#refusal(path);
    if (refusal) {
      const [code, words] = REFUSED[refusal];
      this.sendStatusMessage(this.parserPacket.header.stream_id, 'error', code, words);
      this.socket.end();
      return;
    }
    super.onPublish(command);
    if (!this.isPublishing) return;
    this.#path = path;
    this.#ledger = this.#parts.open(path, `${this.socket.remoteAddress}:${this.socket.remotePort}`);
    if (this.#parts.faults().stalled) this.stall(true);
    this.#parts.changed();
  }

  #refusal(path: string): keyof typeof REFUSED | undefined {
    if (this.#busy() || path === '') return 'second';
    if (this.#parts.faults().refusePublish) return 'told';
    return this.#parts.taken(path) ? 'taken' : undefined;
  }

  async #publishLater(command: NodeRtmpSession.Command, ms: number): Promise<void> {
    const { header, clock, payload } = this.parserPacket;
    const asked = { header: { ...header }, clock, payload };
    await this.#parts.clock.sleep(ms, this.#parts.signal);
    if (!this.isStarting) return;
    // The library takes the stream's number from the message in the parser's hand, by now another one.
    const { parserPacket } = this;
    this.parserPacket = asked;
    this.#publish(command);
    this.parserPacket = parserPacket;
  }

  #refuseConnect(transId: unknown): void {
    const info = { level: 'error', code: 'NetConnection.Connect.Rejected', description: 'Connection refused.' };
    this.sendInvokeMessage(0, { cmd: '_error', transId, cmdObj: null, info });
    this.socket.end();
  }

  #busy(): boolean {
    return this.publishStreamId > 0 || this.playStreamId > 0 || this.parserPacket.header.stream_id === 0;
  }

  #forgetGop(): void {
    this.rtmpGopCacheQueue?.clear();
    this.#relay.clear();
  }

  #body(): Buffer {
    const { payload, header } = this.parserPacket;
    return payload.subarray(0, header.length);
  }
}

/** The name in front of an AMF0 command: a marker, two bytes of length, the text. */
function commandName(payload: Buffer): string {
  return payload[0] === 2 && payload.length > 3 ? payload.toString('latin1', 3, 3 + payload.readUInt16BE(1)) : '';
}
