import type { RequestParams } from '../../ovc/protocol.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Answer } from './answers.ts';
import type { PictureReport, Pictures } from './pictures.ts';

/** An alarm's edge as a device told it. */
export interface AlarmEntry extends RequestParams<'AlarmNotify'> {
  /** Counts from 1 and goes on when old entries are forgotten. */
  readonly number: number;
  /** When it was told, ISO 8601. */
  readonly at: string;
  /** Login code. */
  readonly device: string;
  /** What came of the address that a start was answered with. */
  readonly picture: PictureReport | undefined;
}

const MOST = 2_000;

/** Every alarm that devices told, and the platform's answer to it. */
export class AlarmLog {
  readonly #pictures: Pictures;
  readonly #clock: Clock;
  readonly #entries: Array<Omit<AlarmEntry, 'picture'> & { readonly pictureId: string | undefined }> = [];
  #count = 0;

  constructor(pictures: Pictures, clock: Clock) {
    this.#pictures = pictures;
    this.#clock = clock;
  }

  /** How many were told so far, the forgotten ones included. */
  get count(): number {
    return this.#count;
  }

  /** The oldest first. */
  get all(): readonly AlarmEntry[] {
    return this.#entries.map(({ pictureId, ...entry }) => ({
      ...entry,
      picture: pictureId === undefined ? undefined : this.#pictures.report(pictureId),
    }));
  }

  /** Notes an edge; a start is answered with an address for its picture. */
  readonly note = (params: RequestParams<'AlarmNotify'>, device: string): Answer => {
    const offer = params.state === 'start' ? this.#pictures.offer() : undefined;
    const at = this.#clock.wall().toISOString();
    const entry = { number: ++this.#count, at, device, ...params, pictureId: offer?.id };
    this.#entries.push(entry);
    if (this.#entries.length > MOST) this.#entries.shift();
    return { resp: { pic_upload_url: offer?.url ?? '' } };
  };
}
