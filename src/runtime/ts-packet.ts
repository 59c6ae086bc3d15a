/**
 * The bits of an MPEG-TS packet and of the PES header in it (ISO/IEC 13818-1, §2.4.3), read and written in place.
 * `at` is where the packet begins. Knows no codecs and no tables.
 */

export const TS_PACKET_BYTES = 188;
export const TS_SYNC = 0x47;
export const TICKS_PER_SECOND = 90_000;

/** Ticks in whole microseconds. */
export function microsecondsOf(ticks: number): number {
  return Math.round((ticks * 1_000_000) / TICKS_PER_SECOND);
}

/** Time stamps have 33 bits on the wire, so they start again every 26.5 hours. */
export const WIRE_TICKS = 2 ** 33;

const HAS_ADAPTATION = 0x20;
const HAS_PAYLOAD = 0x10;
const STARTS_UNIT = 0x40;
const RANDOM_ACCESS = 0x40;
const HAS_PCR = 0x10;
const PCR_BYTES = 6;

export const pidOf = (bytes: Buffer, at: number): number => bytes.readUInt16BE(at + 1) & 0x1fff;
/** A PES packet or a section begins in this packet. */
export const startsUnit = (bytes: Buffer, at: number): boolean => (bytes.readUInt8(at + 1) & STARTS_UNIT) !== 0;
export const hasPayload = (bytes: Buffer, at: number): boolean => (bytes.readUInt8(at + 3) & HAS_PAYLOAD) !== 0;
export const counterOf = (bytes: Buffer, at: number): number => bytes.readUInt8(at + 3) & 0x0f;

export function writeCounter(bytes: Buffer, at: number, counter: number): void {
  bytes.writeUInt8((bytes.readUInt8(at + 3) & 0xf0) | (counter & 0x0f), at + 3);
}

/** Where the payload begins; the packet's end when it has none. */
export function payloadOf(bytes: Buffer, at: number): number {
  if (!hasPayload(bytes, at)) return at + TS_PACKET_BYTES;
  const adaptation = bytes.readUInt8(at + 3) & HAS_ADAPTATION ? 1 + bytes.readUInt8(at + 4) : 0;
  return at + Math.min(4 + adaptation, TS_PACKET_BYTES);
}

function adaptationFlags(bytes: Buffer, at: number): number {
  const present = bytes.readUInt8(at + 3) & HAS_ADAPTATION && bytes.readUInt8(at + 4) > 0;
  return present ? bytes.readUInt8(at + 5) : 0;
}

/** The multiplexer says that a decoder can start here. */
export const isRandomAccess = (bytes: Buffer, at: number): boolean =>
  (adaptationFlags(bytes, at) & RANDOM_ACCESS) !== 0;

/** Where the PCR stands, undefined without one. */
export function pcrOf(bytes: Buffer, at: number): number | undefined {
  const present = adaptationFlags(bytes, at) & HAS_PCR && bytes.readUInt8(at + 4) > PCR_BYTES;
  return present ? at + 6 : undefined;
}

/** Where PTS and DTS of the PES packet that begins in this packet stand; `dts` is `pts` where there is no other. */
export function stampsOf(bytes: Buffer, at: number): { pts: number; dts: number } | undefined {
  const pes = payloadOf(bytes, at);
  const end = at + TS_PACKET_BYTES;
  if (pes + 14 > end || bytes.readUIntBE(pes, 3) !== 1) return undefined;
  const flags = bytes.readUInt8(pes + 7) >> 6;
  const pts = pes + 9;
  if (flags === 2) return { pts, dts: pts };
  return flags === 3 && pes + 19 <= end ? { pts, dts: pes + 14 } : undefined;
}

/** Reads a PTS or DTS: 3, 15 and 15 bits, each followed by a marker bit. */
export function readStamp(bytes: Buffer, at: number): number {
  const high = (bytes.readUInt8(at) >> 1) & 0x07;
  const middle = bytes.readUInt16BE(at + 1) >> 1;
  return high * 2 ** 30 + middle * 2 ** 15 + (bytes.readUInt16BE(at + 3) >> 1);
}

export function writeStamp(bytes: Buffer, at: number, ticks: number): void {
  const value = onWire(ticks);
  bytes.writeUInt8((bytes.readUInt8(at) & 0xf1) | (Math.floor(value / 2 ** 30) << 1), at);
  bytes.writeUInt16BE((Math.floor(value / 2 ** 15) % 2 ** 15) * 2 + 1, at + 1);
  bytes.writeUInt16BE((value % 2 ** 15) * 2 + 1, at + 3);
}

/** The 33 bits of a PCR that count in 90 kHz; the 9 bits below them are left as they are. */
export function readPcr(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * 2 + (bytes.readUInt8(at + 4) >> 7);
}

export function writePcr(bytes: Buffer, at: number, ticks: number): void {
  const value = onWire(ticks);
  bytes.writeUInt32BE(Math.floor(value / 2), at);
  bytes.writeUInt8((bytes.readUInt8(at + 4) & 0x7f) | ((value % 2) << 7), at + 4);
}

function onWire(ticks: number): number {
  return ((ticks % WIRE_TICKS) + WIRE_TICKS) % WIRE_TICKS;
}
