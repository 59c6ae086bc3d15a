import type { CameraStream } from '../channel/ports.ts';
import type { Dropped } from './rtmp/congestion.ts';

/** How a push does, for people. */
export interface PushStatus {
  readonly streamId: string;
  readonly stream: CameraStream;
  /** Of the media server. */
  readonly host: string;
  readonly live: boolean;
  /** When it became so. */
  readonly since: Date;
  /** Why it is not live any more. */
  readonly why: string | undefined;
  /** Of what goes to the media server. */
  readonly bitsPerSecond: number;
  /** How often the media server has accepted the stream. */
  readonly publishes: number;
  /** What was left out because the uplink was too slow. */
  readonly dropped: Dropped;
  readonly droppedGops: number;
  /** What waits for the uplink. */
  readonly bufferedBytes: number;
}

/** Nothing but the host: the rest of the address may hold a key. */
export function hostIn(url: string): string {
  return /^[a-z]+:\/\/(?:[^/@]*@)?([^/?#]+)/i.exec(url)?.[1] ?? '';
}

export const sum = (one: Dropped, other: Dropped): Dropped => ({
  gops: one.gops + other.gops,
  tags: one.tags + other.tags,
  bytes: one.bytes + other.bytes,
});
