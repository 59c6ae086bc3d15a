import type { FootageConsumer } from '../../channel/ports.ts';
import {
  pidOf,
  readStamp,
  stampsOf,
  startsUnit,
  TS_PACKET_BYTES,
  TS_SYNC,
  WIRE_TICKS,
} from '../../runtime/ts-packet.ts';
import { PictureReader } from './picture.ts';
import { type Program, programIn, programMapPid } from './tables.ts';

/**
 * Cuts what ffmpeg's mpegts muxer writes into runs of one picture each. Of ffmpeg 5 it uses: every access unit is one
 * PES packet, packets of one PES packet stand together, PAT and PMT come ten times a second with one packet each, a
 * key frame has the random access indicator and its parameter sets in it. Knows no consumers and no time but DTS.
 */

const PAT_PID = 0;
/** Far more than a picture takes. A source whose video has died while its audio goes on must not fill the memory. */
const MAX_RUN_BYTES = 8 * 1024 * 1024;
/** What an arrival takes, and the beginning of a packet in front of it. */
const INBOX_BYTES = 65_536 + TS_PACKET_BYTES;
/** Most key frames fit; for a larger one the memory grows. */
const COMMON_RUN_BYTES = 128 * 1024;
/** Everything but the continuity counter, which differs in every copy of a table. */
const AFTER_COUNTER = 4;

export type TsSink = Pick<FootageConsumer, 'onSetup' | 'onRun'>;

export class TsReader {
  readonly #sink: TsSink;
  readonly #pictures = new PictureReader();
  /** What is being looked through; at its beginning, what was left of the arrival before. */
  readonly #inbox = Buffer.allocUnsafeSlow(INBOX_BYTES);
  #left = 0;
  #pat: Buffer | undefined;
  #pmt: Buffer | undefined;
  #pmtPid = -1;
  #program: Program | undefined;
  /** The run that is being received; before the first picture there is none. The memory is used for one after the other. */
  #run = Buffer.allocUnsafeSlow(COMMON_RUN_BYTES);
  #runBytes = 0;
  #inRun = false;
  #sequenceSet: Buffer | undefined;
  #lastDts: number | undefined;
  #skippedBytes = 0;

  constructor(sink: TsSink) {
    this.#sink = sink;
  }

  /** Bytes passed over because they were no packets. */
  get skippedBytes(): number {
    return this.#skippedBytes;
  }

  /**
   * Takes the next bytes of the stream, as many as there are; they may change afterwards. The run's last picture comes
   * out with the next one's begin.
   */
  push(chunk: Buffer): void {
    for (let from = 0; from < chunk.length; ) {
      const copied = chunk.copy(this.#inbox, this.#left, from);
      from += copied;
      this.#read(this.#inbox.subarray(0, this.#left + copied));
    }
  }

  #read(bytes: Buffer): void {
    /** Where the stretch begins that belongs to the present run. */
    let from = 0;
    let at = 0;
    while (at + TS_PACKET_BYTES <= bytes.length) {
      const inStep = bytes[at] === TS_SYNC;
      if (!inStep || this.#breaksRun(bytes, at)) {
        this.#keep(bytes, from, at);
        from = inStep ? this.#turn(bytes, at) : this.#resync(bytes, at);
        at = inStep ? at + TS_PACKET_BYTES : from;
      } else at += TS_PACKET_BYTES;
    }
    at = Math.min(at, bytes.length);
    this.#keep(bytes, from, at);
    bytes.copyWithin(0, at);
    this.#left = bytes.length - at;
  }

  /** True for a packet that is no part of the run: tables, and the first one of the next picture. */
  #breaksRun(bytes: Buffer, at: number): boolean {
    const pid = pidOf(bytes, at);
    if (!this.#program?.pids.has(pid)) return true;
    return pid === this.#program.videoPid && startsUnit(bytes, at);
  }

  /** Takes such a packet; gives the place from which on the run goes on. */
  #turn(bytes: Buffer, at: number): number {
    const pid = pidOf(bytes, at);
    if (pid === this.#program?.videoPid) {
      this.#closeRun();
      this.#inRun = true;
      return at;
    }
    if ((pid === PAT_PID || pid === this.#pmtPid) && startsUnit(bytes, at)) this.#readTable(bytes, at, pid);
    return at + TS_PACKET_BYTES;
  }

  #readTable(bytes: Buffer, at: number, pid: number): void {
    const known = pid === PAT_PID ? this.#pat : this.#pmt;
    const end = at + TS_PACKET_BYTES;
    if (known?.compare(bytes, at + AFTER_COUNTER, end, AFTER_COUNTER) === 0) return;
    const table = bytes.subarray(at, end);
    this.#closeRun();
    if (pid === PAT_PID) {
      this.#pat = Buffer.from(table);
      this.#pmtPid = programMapPid(bytes, at) ?? this.#pmtPid;
      return;
    }
    const program = programIn(bytes, at);
    if (!program || !this.#pat) return;
    this.#pmt = Buffer.from(table);
    this.#program = program;
    this.#sink.onSetup(Buffer.concat([this.#pat, this.#pmt]));
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    if (!this.#inRun || to <= from) return;
    const size = this.#runBytes + to - from;
    if (size > MAX_RUN_BYTES) {
      this.#runBytes = size;
      this.#dropRun();
      return;
    }
    if (size > this.#run.length) this.#enlarge(size);
    bytes.copy(this.#run, this.#runBytes, from, to);
    this.#runBytes = size;
  }

  #enlarge(size: number): void {
    const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(size)));
    this.#run.copy(larger, 0, 0, this.#runBytes);
    this.#run = larger;
  }

  #dropRun(): void {
    this.#skippedBytes += this.#runBytes;
    this.#inRun = false;
    this.#runBytes = 0;
    this.#run = Buffer.allocUnsafeSlow(COMMON_RUN_BYTES);
  }

  #closeRun(): void {
    const size = this.#runBytes;
    this.#inRun = false;
    this.#runBytes = 0;
    if (size === 0 || !this.#program) return;
    const packets = this.#run.subarray(0, size);
    const stamps = stampsOf(packets, 0);
    if (!stamps) return;
    const dts = this.#unrolled(readStamp(packets, stamps.dts));
    const { keyFrame, sequenceSet } = this.#pictures.read(packets, this.#program);
    const setupChanged = keyFrame && this.#isNew(sequenceSet);
    this.#sink.onRun({ packets, keyFrame, setupChanged, dts });
  }

  #isNew(sequenceSet: Buffer | undefined): boolean {
    if (!sequenceSet) return false;
    const known = this.#sequenceSet;
    this.#sequenceSet = sequenceSet;
    return known !== undefined && !known.equals(sequenceSet);
  }

  /** The DTS nearest to the one before that has these 33 bits. */
  #unrolled(wire: number): number {
    const last = this.#lastDts ?? wire;
    this.#lastDts = wire + Math.round((last - wire) / WIRE_TICKS) * WIRE_TICKS;
    return this.#lastDts;
  }

  /** Finds the next packet after bytes that are none. The damaged run is dropped. */
  #resync(bytes: Buffer, at: number): number {
    this.#dropRun();
    let next = at + 1;
    while (next < bytes.length && !looksLikePacket(bytes, next)) next++;
    this.#skippedBytes += next - at;
    return next;
  }
}

function looksLikePacket(bytes: Buffer, at: number): boolean {
  const next = bytes[at + TS_PACKET_BYTES];
  return bytes[at] === TS_SYNC && (next === undefined || next === TS_SYNC);
}
