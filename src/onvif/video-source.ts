import { type Notification, videoSourceOf } from './events/notification.ts';
import type { MediaProfile } from './media.ts';

/** What of a device is one channel: a recorder answers at one address for all of its cameras. */
export interface VideoSource {
  /** The device's only one; then everything it has to say is about this channel. */
  readonly isOnly: boolean;
  /** Empty where the device names no sources. */
  readonly token: string;
  /** Of this source, as the device lists them. */
  readonly profiles: readonly MediaProfile[];
}

/** The source that the profile `token` shows. */
export function videoSourceIn(profiles: readonly MediaProfile[], token: string | undefined): VideoSource {
  const mine = profiles.find((profile) => profile.token === token) ?? profiles[0];
  const sources = new Set(profiles.map(({ sourceToken }) => sourceToken));
  if (sources.size <= 1 || !mine) return { isOnly: true, token: mine?.sourceToken ?? '', profiles };
  const same = profiles.filter(({ sourceToken }) => sourceToken === mine.sourceToken);
  return { isOnly: false, token: mine.sourceToken ?? '', profiles: same };
}

/** Whether a message is about this source. One that names none might be about any, so it is about none. */
export function isAbout({ isOnly, profiles }: VideoSource, notification: Notification): boolean {
  if (isOnly) return true;
  const named = videoSourceOf(notification);
  return profiles.some(({ token, sourceToken, sourceConfiguration }) =>
    [sourceToken, sourceConfiguration, token].some((each) => each !== undefined && each === named),
  );
}

/** The profile by which this source is moved: the first with a PTZ configuration. Undefined: by none of them. */
export function movedProfile(source: VideoSource, all: readonly MediaProfile[]): MediaProfile | undefined {
  const said = source.profiles.find(({ ptzToken }) => ptzToken !== undefined);
  // Some cameras move by a profile that shows no such configuration.
  return said ?? (all.every(({ ptzToken }) => ptzToken === undefined) ? source.profiles[0] : undefined);
}
