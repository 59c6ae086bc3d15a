/** One RTMP message, whole; how it is cut into chunks is the business of the chunk reader and writer. */
export interface RtmpMessage {
  readonly type: number;
  /** Message stream: 0 is the connection itself. */
  readonly streamId: number;
  /** Milliseconds, 32 bits; higher bits are cut off on the wire. */
  readonly timestampMs: number;
  readonly body: Buffer;
}

/** Message types (RTMP 1.0 §5.4, §6.2, §7.1). */
export const TYPE = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowAckSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  commandAmf3: 17,
  script: 18,
  command: 20,
} as const;

/** Chunk streams, one per kind of traffic, so that each keeps its own short headers. The numbers are what others use. */
export const CHUNK_STREAM = { control: 2, command: 3, audio: 4, script: 5, video: 6 } as const;
export type ChunkStream = (typeof CHUNK_STREAM)[keyof typeof CHUNK_STREAM];

/** What both sides start with until they announce another. */
export const DEFAULT_CHUNK_BYTES = 128;
/** A 24 bit time or delta of this value means: the real one stands in four more bytes. */
export const EXTENDED = 0xffffff;
