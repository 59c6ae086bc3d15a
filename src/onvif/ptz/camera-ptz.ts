import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { isSerial } from '../identity/identity.ts';
import type { OnvifLogin } from '../login.ts';
import type { OnvifSession } from '../session.ts';
import { movedProfile, type VideoSource } from '../video-source.ts';
import { PtzControl } from './control.ts';
import type { PresetStore } from './presets.ts';
import { type PtzQuirks, quirksFor } from './quirks.ts';

/** What is known of one camera's PTZ from outside it. */
export interface CameraPtz {
  /** Where the presets of a camera are kept; `camera` is its name for ever. */
  readonly presets: (camera: string) => PresetStore;
  readonly quirks?: Partial<PtzQuirks>;
  /** Default 15,000. */
  readonly deadManMs?: number;
}

const LONGEST = 200;

interface Surroundings {
  readonly session: OnvifSession;
  readonly ptz: CameraPtz;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The PTZ of the source; undefined where it has none.
 * @throws GatewayError `camera-unauthorized`
 */
export async function openPtz(
  { session, ptz: { presets, quirks, deadManMs }, clock, log }: Surroundings,
  { seen, source }: { readonly seen: OnvifLogin; readonly source: VideoSource },
  signal: AbortSignal,
): Promise<PtzControl | undefined> {
  const ptz = seen.services.get('ptz');
  const profile = movedProfile(source, seen.profiles);
  if (!ptz || !profile) return undefined;
  return PtzControl.open(
    {
      ...{ calls: session, ptz, profile: profile.token, configuration: profile.ptzToken },
      quirks: quirksFor(seen.sight.device?.manufacturer ?? '', quirks),
      store: presets(nameOf(seen, source, session.device)),
      ...{ deadManMs, clock, log },
    },
    signal,
  );
}

/** Serial number and model stay when the address changes; a recorder has presets for each of its sources. */
function nameOf({ sight: { device } }: OnvifLogin, source: VideoSource, address: URL): string {
  const { model = '', serial = '' } = device ?? {};
  const camera = isSerial(serial) ? `${model} ${serial}`.trim() : address.host;
  return (source.isOnly ? camera : `${source.token} ${camera}`).slice(0, LONGEST);
}
