import { createHash } from 'node:crypto';
import type { CameraStream, VideoTreatment } from '../../channel/ports.ts';

/** What to open: a stream, and what is to become of its video. */
export interface FeedSource {
  /** Who asks, in a person's words, such as the channel's name; for the log, the status and a refusal. */
  readonly name: string;
  readonly stream: CameraStream;
  readonly video: VideoTreatment;
  /** What an encoder may produce, in bit/s; 0 for no limit. Means nothing to a copy. */
  readonly maxBitsPerSecond: number;
}

/** Without the bit rate two copies are the same; a new password makes a new stream, for the old one will not mend. */
export function keyOf({ stream, video, maxBitsPerSecond }: FeedSource): string {
  return `${streamKey(stream)} ${video === 'copy' ? video : maxBitsPerSecond}`;
}

/** A digest, because the password is part of it. */
export function streamKey({ url, credentials, video, audio }: CameraStream): string {
  const parts = [url.href, credentials?.username, credentials?.password.reveal(), video, audio];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}
