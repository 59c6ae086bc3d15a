import { type FlvTag, isSequenceHeader } from '../flv-tag.ts';

/** A step of more than this inside one feed is a broken clock, not a pause. */
const MAX_STEP_MS = 5000;
const DEFAULT_FRAME_MS = 40;
/** Beyond these a measured frame interval says more about the network than about the camera. */
const FRAME_MS = { min: 10, max: 1000 } as const;

/**
 * One timeline over all feeds of a publication. Starts at 0; goes on one frame after the last tag when a feed starts
 * anew or its clock jumps; audio and video are shifted alike, so they keep their relation. Setup that has not changed
 * (sequence headers, metadata) is not sent twice.
 */
export class Timeline {
  /** Added to a feed's time; undefined until the next tag with a time of its own sets it. */
  #shiftMs: number | undefined;
  /** No tag goes below: what had been sent when the shift was last set. */
  #floorMs = 0;
  #lastMs = 0;
  #started = false;
  #lastSourceMs = 0;
  #lastVideoSourceMs: number | undefined;
  #frameMs = DEFAULT_FRAME_MS;
  readonly #setup = new Map<string, Buffer>();

  /** The feed has started anew: its next times mean nothing beside its last ones. */
  restart(): void {
    this.#shiftMs = undefined;
  }

  /** The tag as it is to be sent; undefined for setup that the server has already. */
  place(tag: FlvTag): FlvTag | undefined {
    if (tag.kind === 'script' || isSequenceHeader(tag)) return this.#placeSetup(tag);
    const shiftMs = this.#shiftFor(tag.timestampMs);
    this.#measure(tag);
    this.#lastSourceMs = tag.timestampMs;
    this.#started = true;
    const timestampMs = Math.max(tag.timestampMs + shiftMs, this.#floorMs);
    this.#lastMs = Math.max(this.#lastMs, timestampMs);
    return { ...tag, timestampMs };
  }

  /** Setup carries no time that matters (ffmpeg gives it 0), so it takes the time of the last tag. */
  #placeSetup(tag: FlvTag): FlvTag | undefined {
    if (this.#setup.get(tag.kind)?.equals(tag.body)) return undefined;
    this.#setup.set(tag.kind, tag.body);
    return { ...tag, timestampMs: this.#lastMs };
  }

  #shiftFor(sourceMs: number): number {
    const jumped = Math.abs(sourceMs - this.#lastSourceMs) > MAX_STEP_MS;
    if (this.#shiftMs !== undefined && !jumped) return this.#shiftMs;
    this.#floorMs = this.#lastMs;
    this.#lastVideoSourceMs = undefined;
    this.#shiftMs = (this.#started ? this.#lastMs + this.#frameMs : 0) - sourceMs;
    return this.#shiftMs;
  }

  #measure({ kind, timestampMs }: FlvTag): void {
    if (kind !== 'video') return;
    const stepMs = timestampMs - (this.#lastVideoSourceMs ?? timestampMs);
    if (stepMs >= FRAME_MS.min && stepMs <= FRAME_MS.max) this.#frameMs = stepMs;
    this.#lastVideoSourceMs = timestampMs;
  }
}
