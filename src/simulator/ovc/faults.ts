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

export const STEPS = ['next_dts', 'create', 'put', 'fail', 'save'] as const;
/** A request that a recorder makes of the platform. */
export type Step = (typeof STEPS)[number];

/** Any of the switches of the pictures' addresses, and nothing else. */
export const pictureFaults = z.strictObject({
  /** The next uploads, so many, are answered with this HTTP status. */
  status: z.int().min(200).max(599).exactOptional(),
  times: z.int().min(0).exactOptional(),
});

/** Any of the switches of recording: the callback dialogue and the object store. */
export const storageFaults = z.strictObject({
  /** Which requests the other switches are about; all by default. */
  steps: z.array(z.enum(STEPS)).exactOptional(),
  /**
   * `reset`: the connection is reset when the request is in. `reset_after`: the request is carried out, the answer
   * lost. `refused`: uploads are sent to a port where nobody listens, all else is reset.
   */
  down: z.enum(['no', 'reset', 'reset_after', 'refused']).exactOptional(),
  /** Requests are answered with this HTTP status and a reason; 0 for none. */
  status: z.union([z.literal(0), z.int().min(400).max(599)]).exactOptional(),
  /** What such an answer asks for; 0 for nothing. */
  retryAfterSeconds: z.int().min(0).max(3600).exactOptional(),
  /** Requests are never answered. */
  hangs: z.boolean().exactOptional(),
  /** Answers are cut off in the middle of their JSON; those without a body get one. */
  wrongJson: z.boolean().exactOptional(),
  /** Uploads are read at this pace; 0 for as fast as they come. */
  bytesPerSecond: z.int().min(0).max(1e9).exactOptional(),
  /** How long an upload address is good; 0: expired when it is given. */
  uriLifetimeMs: z.int().min(0).max(86_400_000).exactOptional(),
  /** The share of requests that fail in one way or another, by chance that is the same for the same seed. */
  flapShare: z.number().min(0).max(1).exactOptional(),
  flapSeed: z.int().min(1).max(2_147_483_646).exactOptional(),
});

export type LinkFaultsPatch = Readonly<z.infer<typeof linkFaults>>;
export type RtmpFaultsPatch = Readonly<z.infer<typeof rtmpFaults>>;
export type StorageFaultsPatch = Readonly<z.infer<typeof storageFaults>>;
export type LinkFaults = Required<LinkFaultsPatch>;
export type RtmpFaults = Required<RtmpFaultsPatch>;
export type StorageFaults = Required<StorageFaultsPatch>;

const NO_LINK_FAULTS: LinkFaults = {
  refuseLogin: 'no',
  silent: false,
  answerDelayMs: 0,
  wrongSeq: false,
  malformed: false,
};

const NO_RTMP_FAULTS: RtmpFaults = { refuseConnect: false, refusePublish: false, acceptAfterMs: 0, stalled: false };

const NO_STORAGE_FAULTS: StorageFaults = {
  steps: [...STEPS],
  down: 'no',
  status: 0,
  retryAfterSeconds: 0,
  hangs: false,
  wrongJson: false,
  bytesPerSecond: 0,
  uriLifetimeMs: 900_000,
  flapShare: 0,
  flapSeed: 1,
};

export class Faults {
  #link = NO_LINK_FAULTS;
  #rtmp = NO_RTMP_FAULTS;
  #storage = NO_STORAGE_FAULTS;
  readonly #byDevice = new Map<string, LinkFaultsPatch>();
  readonly #bySession = new Map<string, StorageFaultsPatch>();
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

  /** The switches of recording, for one session: its own before everybody's. Without a session: everybody's. */
  storage(session?: string): StorageFaults {
    return { ...this.#storage, ...(session === undefined ? {} : this.#bySession.get(session)) };
  }

  /** Sets what the patch names, for one session or for everybody. What it doesn't name stays. */
  setStorage(patch: StorageFaultsPatch, session?: string): void {
    if (session === undefined) this.#storage = { ...this.#storage, ...patch };
    else this.#bySession.set(session, { ...this.#bySession.get(session), ...patch });
  }

  /** Recording behaves again, for one session or for everybody. */
  clearStorage(session?: string): void {
    if (session === undefined) this.#storage = NO_STORAGE_FAULTS;
    if (session === undefined) this.#bySession.clear();
    else this.#bySession.delete(session);
  }

  /** The switches, by name, that are not where they were at the start, as far as they are about one device. */
  moved(code: string): string[] {
    return [
      ...different(this.link(code), NO_LINK_FAULTS),
      ...different(this.#rtmp, NO_RTMP_FAULTS),
      ...different(this.#storage, NO_STORAGE_FAULTS),
    ];
  }

  /** Behaves again, towards everybody. */
  clear(): void {
    this.#link = NO_LINK_FAULTS;
    this.#byDevice.clear();
    this.clearStorage();
    this.setRtmp(NO_RTMP_FAULTS);
  }

  /** Tells when an RTMP switch moves; the returned function ends that. */
  onRtmp(tell: () => void): () => void {
    this.#onRtmp.add(tell);
    return () => this.#onRtmp.delete(tell);
  }
}

/** The names of what differs; a list is another one when it holds something else. */
function different<T extends object>(now: T, before: T): string[] {
  const usual = new Map(Object.entries(before).map(([name, value]) => [name, String(value)]));
  return Object.entries(now).flatMap(([name, value]) => (usual.get(name) === String(value) ? [] : [name]));
}
