import type { Era } from '../runtime/stamps.ts';
import type { RecordSettings } from './ports.ts';

/** A session that must outlive the process. */
export interface RememberedRecording {
  readonly channel: number;
  readonly settings: RecordSettings;
  /** The OVC's clock as told by `start_ts`, minus ours. */
  readonly clockOffsetMs: number;
  /** What our clock leaned on then, where nobody vouched for it. */
  readonly offsetEra?: Era | undefined;
  /** The OVC has stopped it; what is left is to deliver. */
  readonly finished: boolean;
  /** When it did, in ms since 1970 by the clock that the era names, if any. */
  readonly finishedAt?: { readonly ms: number; readonly era?: Era | undefined } | undefined;
  /** The upload that is still to be confirmed. */
  readonly lastName?: string | undefined;
}
