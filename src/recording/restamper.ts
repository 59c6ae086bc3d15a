import {
  counterOf,
  hasPayload,
  pcrOf,
  pidOf,
  readPcr,
  readStamp,
  stampsOf,
  startsUnit,
  TS_PACKET_BYTES,
  writeCounter,
  writePcr,
  writeStamp,
} from '../runtime/ts-packet.ts';

const PIDS = 8192;
const UNKNOWN = 0xff;

/**
 * Makes packets of one source after the other look like those of a single one: continuity counters run on, time
 * stamps are shifted. Counters are shifted too and not counted anew, so that a packet lost on the way stays visible.
 */
export class Restamper {
  readonly #lastCounter = new Uint8Array(PIDS).fill(UNKNOWN);
  readonly #counterShift = new Uint8Array(PIDS).fill(UNKNOWN);

  /** The next packets come from another source. */
  restart(): void {
    this.#counterShift.fill(UNKNOWN);
  }

  /** Writes counters that run on into the packets, and lets all time stamps be `ticks` later. */
  restamp(packets: Buffer, ticks: number): void {
    for (let at = 0; at + TS_PACKET_BYTES <= packets.length; at += TS_PACKET_BYTES) {
      this.#count(packets, at);
      if (ticks !== 0) shiftStamps(packets, at, ticks);
    }
  }

  /** A copy of the tables for the head of one more segment. */
  tables(packets: Buffer): Buffer {
    const copy = Buffer.from(packets);
    for (let at = 0; at + TS_PACKET_BYTES <= copy.length; at += TS_PACKET_BYTES) {
      const pid = pidOf(copy, at);
      const counter = ((this.#lastCounter[pid] ?? UNKNOWN) + 1) & 0x0f;
      writeCounter(copy, at, counter);
      this.#lastCounter[pid] = counter;
    }
    return copy;
  }

  #count(packets: Buffer, at: number): void {
    const pid = pidOf(packets, at);
    const counter = counterOf(packets, at);
    let shift = this.#counterShift[pid] ?? UNKNOWN;
    if (shift === UNKNOWN) {
      const last = this.#lastCounter[pid] ?? UNKNOWN;
      // Packets without a payload repeat the counter.
      const due = hasPayload(packets, at) ? last + 1 : last;
      shift = last === UNKNOWN ? 0 : (due - counter) & 0x0f;
      this.#counterShift[pid] = shift;
    }
    const shifted = (counter + shift) & 0x0f;
    if (shift !== 0) writeCounter(packets, at, shifted);
    this.#lastCounter[pid] = shifted;
  }
}

function shiftStamps(packets: Buffer, at: number, ticks: number): void {
  const pcr = pcrOf(packets, at);
  if (pcr !== undefined) writePcr(packets, pcr, readPcr(packets, pcr) + ticks);
  const stamps = startsUnit(packets, at) ? stampsOf(packets, at) : undefined;
  if (!stamps) return;
  writeStamp(packets, stamps.pts, readStamp(packets, stamps.pts) + ticks);
  if (stamps.dts !== stamps.pts) writeStamp(packets, stamps.dts, readStamp(packets, stamps.dts) + ticks);
}
