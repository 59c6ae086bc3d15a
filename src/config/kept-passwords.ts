import { type Fault, fault } from '../runtime/fault.ts';
import { type Change, leavesOf } from './edit.ts';

/** A password in the file was given for one address: whoever has the page must not be able to have it sent to another. */

/** Where a password goes. */
interface Aim {
  /** What it is a password for. */
  readonly what: string;
  /** Lower case; of an ONVIF camera either its address or its endpoint. */
  readonly to: string;
  readonly encrypted: boolean;
}

interface Placed {
  readonly path: string;
  readonly password: unknown;
  readonly aim: Aim;
}

/**
 * Passwords that `after` would send to where `before` did not, and that the changes do not give anew.
 * Both are the plain content of a file. Told apart by the passwords themselves: a channel may have moved in the list.
 */
export function misdirected(before: unknown, after: unknown, changes: readonly Change[]): Fault[] {
  const given = new Map(changes.flatMap(({ path, value }) => leavesOf(path, value)).map((l) => [l.place, l.leaf]));
  const kept = placed(before);
  const known = ({ path, password, aim }: Placed): boolean =>
    given.get(path) === password || kept.some((old) => old.password === password && reaches(old.aim, aim));
  return placed(after)
    .filter((each) => !known(each))
    .map(({ path }) => fault('password-again', { path: path.replace(/_file$/, '') }));
}

/** Whether a login at the platform of one address may be tried at another with the same password. */
export function samePlatform(before: string, after: string): boolean {
  const [old, next] = [urlAim('platform', before), urlAim('platform', after)];
  return old !== undefined && next !== undefined && reaches(old, next);
}

/** @returns the fault of a test that would send the platform's password elsewhere */
export function passwordAgain(): Fault {
  return fault('password-again', { path: 'platform.login_password' });
}

const reaches = (old: Aim, next: Aim): boolean =>
  old.what === next.what && old.to === next.to && (next.encrypted || !old.encrypted);

function placed(content: unknown): Placed[] {
  const channels = below(content, 'channels');
  const platform = below(content, 'platform');
  const inChannels = (Array.isArray(channels) ? channels : []).flatMap((entry: unknown, at) => {
    const [onvif, rtsp] = [below(entry, 'onvif'), below(entry, 'rtsp')];
    const place = `channels.${at}`;
    return [
      ...passwordAt(`${place}.onvif.password`, onvif, onvifAim(onvif)),
      ...passwordAt(`${place}.rtsp.password`, rtsp, urlAim('rtsp', below(rtsp, 'url'))),
    ];
  });
  return [
    ...passwordAt('platform.login_password', platform, urlAim('platform', below(platform, 'url'))),
    ...inChannels,
  ];
}

/** The password below a key, plain or in a file of its own. */
function passwordAt(path: string, owner: unknown, aim: Aim | undefined): Placed[] {
  if (!aim) return [];
  return [path, `${path}_file`].flatMap((each) => {
    const password = below(owner, each.split('.').at(-1) ?? '');
    return password === undefined || password === null ? [] : [{ path: each, password, aim }];
  });
}

function onvifAim(onvif: unknown): Aim | undefined {
  const to = below(onvif, 'host') ?? below(onvif, 'endpoint');
  if (typeof to !== 'string') return undefined;
  return { what: 'onvif', to: to.toLowerCase(), encrypted: below(onvif, 'tls') === true };
}

function urlAim(what: string, url: unknown): Aim | undefined {
  // An address that is none is the reader's to refuse; one that comes from the environment stays what it is.
  if (typeof url !== 'string') return undefined;
  if (!URL.canParse(url)) return { what, to: url, encrypted: false };
  const { hostname, protocol } = new URL(url);
  return { what, to: hostname.toLowerCase(), encrypted: /^(?:wss|https|rtsps):$/.test(protocol) };
}

function below(owner: unknown, key: string): unknown {
  return typeof owner === 'object' && owner !== null && Object.hasOwn(owner, key) ? Reflect.get(owner, key) : undefined;
}
