import type { ChannelConfig } from '../config/schema.ts';
import { type CameraIdentity, isProof, likeness, sameEndpoint } from '../onvif/identity/identity.ts';
import { type KnownCamera, type WantedCamera, wish } from '../onvif/identity/whereabouts.ts';

/** Which channel a camera belongs to. */

/** Channels, and what is remembered of their cameras. */
export interface Site {
  readonly entries: readonly ChannelConfig[];
  /** By channel number. */
  readonly cameras: Readonly<Record<string, KnownCamera>>;
}

/** The channel that a device belongs to: by who it is, or where nothing is known of that, by where it is. */
export function channelOf(
  device: URL,
  identity: CameraIdentity,
  { entries, cameras }: Site,
): ChannelConfig | undefined {
  return entries.find(({ channel, onvif, rtsp }) => {
    if (rtsp) return new URL(rtsp.url).hostname === device.hostname;
    const known = cameras[channel];
    if (!known || known.wanted !== wishOf(onvif)) {
      return isAt(onvif, device) || sameEndpoint(onvif?.endpoint ?? '', identity.endpoint);
    }
    const like = likeness(known.identity, identity);
    return isProof(like) || (like === 'unknown' && known.address === device.href);
  });
}

/** What the configuration says of where an ONVIF camera is. */
export function wantedBy(onvif: NonNullable<ChannelConfig['onvif']>): WantedCamera {
  const { host, port, tls, endpoint, serial } = onvif;
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    // Where https is not asked for, the search may still find the camera on 443.
    ...(tls && { scheme: 'https' as const }),
    ...(endpoint !== undefined && { endpoint }),
    ...(serial !== undefined && { serial }),
  };
}

/** The same as one text: another text means that another camera is wanted. */
export function wishOf(onvif: ChannelConfig['onvif']): string {
  return onvif ? wish(wantedBy(onvif)) : '';
}

/** True for a channel whose host is the device's, and whose port does not say otherwise. */
export function isAt(onvif: ChannelConfig['onvif'], { hostname, port, protocol }: URL): boolean {
  if (onvif?.host === undefined || onvif.host.toLowerCase() !== hostname.replace(/^\[|\]$/g, '')) return false;
  const answering = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return onvif.port === undefined || onvif.port === answering;
}
