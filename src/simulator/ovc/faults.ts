import { z } from 'zod';

/** The switches that make the simulated platform misbehave. Only state: who is to misbehave asks. */

/** Any of the switches of the link, and nothing else: what a request may change. */
export const linkFaults = z.strictObject({
  /** `status`: HTTP 401. `close`: the link opens and is closed at once without a word. */
  refuseLogin: z.enum(['no', 'status', 'close']).exactOptional(),
  /** Hears everything, answers nothing. */
  silent: z.boolean().exactOptional(),
  /** Every answer leaves this much later; their order stays. */
  answerDelayMs: z.int().min(0).max(600_000).exactOptional(),
  /** Answers carry a `seq` that nobody asked with. */
  wrongSeq: z.boolean().exactOptional(),
  /** Answers are cut off in the middle of their JSON. */
  malformed: z.boolean().exactOptional(),
});

/** Any of the switches of the RTMP ingest, and nothing else. */
export const rtmpFaults = z.strictObject({
  refuseConnect: z.boolean().exactOptional(),
  /** Answers `publish` with NetStream.Publish.BadName. */
  refusePublish: z.boolean().exactOptional(),
  /** The answer to `publish` comes this much later. */
  acceptAfterMs: z.int().min(0).max(600_000).exactOptional(),
  /** Publishers are not read from any more. The kernel's buffers take some megabytes before the device notices. */
  stalled: z.boolean().exactOptional(),
});

export type LinkFaultsPatch = Readonly<z.infer<typeof linkFaults>>;
export type RtmpFaultsPatch = Readonly<z.infer<typeof rtmpFaults>>;
export type LinkFaults = Required<LinkFaultsPatch>;
export type RtmpFaults = Required<RtmpFaultsPatch>;

const NO_LINK_FAULTS: LinkFaults = {
  refuseLogin: 'no',
  silent: false,
  answerDelayMs: 0,
  wrongSeq: false,
  malformed: false,
};

const NO_RTMP_FAULTS: RtmpFaults = { refuseConnect: false, refusePublish: false, acceptAfterMs: 0, stalled: false };

export class Faults {
  #link = NO_LINK_FAULTS;
  #rtmp = NO_RTMP_FAULTS;
  readonly #byDevice = new Map<string, LinkFaultsPatch>();
  readonly #onRtmp = new Set<() => void>();

  /** The switches of one device: its own before everybody's. Without a device: everybody's. */
  link(code?: string): LinkFaults {
    return { ...this.#link, ...(code === undefined ? {} : this.#byDevice.get(code)) };
  }

  /** Sets what the patch names, for one device or for everybody. What it doesn't name stays. */
  set(patch: LinkFaultsPatch, code?: string): void {
    if (code === undefined) this.#link = { ...this.#link, ...patch };
    else this.#byDevice.set(code, { ...this.#byDevice.get(code), ...patch });
  }

  /** The switches of the RTMP ingest. */
  get rtmp(): RtmpFaults {
    return this.#rtmp;
  }

  setRtmp(patch: RtmpFaultsPatch): void {
    this.#rtmp = { ...this.#rtmp, ...patch };
    for (const tell of this.#onRtmp) tell();
  }

  /** Behaves again, towards everybody. */
  clear(): void {
    this.#link = NO_LINK_FAULTS;
    this.#byDevice.clear();
    this.setRtmp(NO_RTMP_FAULTS);
  }

  /** Tells when an RTMP switch moves; the returned function ends that. */
  onRtmp(tell: () => void): () => void {
    this.#onRtmp.add(tell);
    return () => this.#onRtmp.delete(tell);
  }
}
