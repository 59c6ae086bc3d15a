import { payloadOf, TS_PACKET_BYTES } from '../../runtime/ts-packet.ts';

/**
 * Reads PAT and PMT (ISO/IEC 13818-1, §2.4.4) of a transport stream with one program. Sections longer than one packet
 * are passed over: ffmpeg writes one only for some forty streams.
 */

export type VideoFormat = 'h264' | 'h265' | 'other';

export interface Program {
  readonly videoPid: number;
  readonly video: VideoFormat;
  /** Every elementary stream, the video included. */
  readonly pids: ReadonlySet<number>;
}

const VIDEO_FORMATS: ReadonlyMap<number, VideoFormat> = new Map([
  [0x1b, 'h264'],
  [0x24, 'h265'],
  [0x10, 'other'],
  [0x02, 'other'],
]);
const PAT_TABLE = 0;
const PMT_TABLE = 2;
const SECTION_HEADER_BYTES = 8;
const CRC_BYTES = 4;

/** The PID of the first program's PMT. */
export function programMapPid(bytes: Buffer, at: number): number | undefined {
  const section = sectionIn(bytes, at, PAT_TABLE);
  if (!section) return undefined;
  for (let entry = SECTION_HEADER_BYTES; entry + 4 <= section.length; entry += 4) {
    if (section.readUInt16BE(entry) !== 0) return section.readUInt16BE(entry + 2) & 0x1fff;
  }
  return undefined;
}

/** The program that a PMT describes; undefined when it is damaged or has no video. */
export function programIn(bytes: Buffer, at: number): Program | undefined {
  const section = sectionIn(bytes, at, PMT_TABLE);
  if (!section || section.length < 12) return undefined;
  const pids = new Set<number>();
  let picture: Pick<Program, 'video' | 'videoPid'> | undefined;
  let entry = 12 + (section.readUInt16BE(10) & 0x0fff);
  while (entry + 5 <= section.length) {
    const pid = section.readUInt16BE(entry + 1) & 0x1fff;
    const video = VIDEO_FORMATS.get(section.readUInt8(entry));
    pids.add(pid);
    if (video && !picture) picture = { video, videoPid: pid };
    entry += 5 + (section.readUInt16BE(entry + 3) & 0x0fff);
  }
  return picture && { ...picture, pids };
}

/** The section that begins in the packet, from its table id up to its checksum. */
function sectionIn(bytes: Buffer, at: number, table: number): Buffer | undefined {
  const payload = payloadOf(bytes, at);
  const end = at + TS_PACKET_BYTES;
  if (payload >= end) return undefined;
  const start = payload + 1 + bytes.readUInt8(payload);
  if (start + SECTION_HEADER_BYTES > end || bytes.readUInt8(start) !== table) return undefined;
  const over = start + 3 + (bytes.readUInt16BE(start + 1) & 0x0fff);
  return over <= end ? bytes.subarray(start, over - CRC_BYTES) : undefined;
}
