import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { GatewayError } from '../../runtime/errors.ts';

/** Where to publish, in the parts that RTMP asks for. `streamKey` is a secret; so is what a query in `app` may hold. */
export interface RtmpAddress {
  readonly tls: boolean;
  /** Name or IP address, without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
  readonly app: string;
  /** As it stands in the URL, query included, not decoded. */
  readonly streamKey: string;
  readonly tcUrl: string;
}

const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['rtmp', 1935],
  ['rtmps', 443],
]);
const MAX_URL_CHARACTERS = 4096;

/**
 * Takes an RTMP URL apart on its raw text: a URL parser would escape or fold characters of a stream key.
 * @throws GatewayError `bad-parameter`; the reason says what is wrong and shows nothing of the URL
 */
export function parseAddress(url: string): RtmpAddress {
  if (url.length > MAX_URL_CHARACTERS) throw bad('it is too long');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(url)) throw bad('it holds a control character');
  const [, scheme = '', authority = '', path = ''] = /^([a-z]+):\/\/([^/?#]*)\/?(.*)$/i.exec(url) ?? [];
  const protocol = scheme.toLowerCase();
  const defaultPort = DEFAULT_PORTS.get(protocol);
  if (defaultPort === undefined) throw bad('it does not begin with rtmp:// or rtmps://');
  const { host, port } = parseAuthority(authority, defaultPort);
  const { app, streamKey } = splitPath(path);
  if (streamKey === '') throw bad('it has no stream key');
  const shownHost = isIP(host) === 6 ? `[${host}]` : host;
  return { tls: protocol === 'rtmps', host, port, app, streamKey, tcUrl: `${protocol}://${shownHost}:${port}/${app}` };
}

function parseAuthority(authority: string, defaultPort: number): { host: string; port: number } {
  // Only Adobe's own servers know such a login; in a URL for anything else it is a mistake that would leak a password.
  if (authority.includes('@')) throw bad('a user name in it is not supported');
  const [, bracketed, name = '', digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(authority) ?? [];
  const host = bracketed ?? (isIP(name) ? name : domainToASCII(name));
  if (host === '' || (bracketed !== undefined && isIP(bracketed) !== 6)) throw bad('its host makes no sense');
  const port = digits === undefined ? defaultPort : Number(digits);
  if (port < 1 || port > 65535) throw bad('its port makes no sense');
  return { host, port };
}

/**
 * Splits as ffmpeg does, because that is what platforms are tried with: `app/key`, `app/instance/key…`, and a colon as
 * in `app/mp4:folder/file` keeps the rest together. Unlike ffmpeg, a slash inside the query of a key splits nothing;
 * `app?vhost=name/key` still splits, as the only reading that has a key.
 */
function splitPath(path: string): { app: string; streamKey: string } {
  const query = path.indexOf('?');
  const plain = query < 0 ? path : path.slice(0, query);
  const first = (plain.includes('/') ? plain : path).indexOf('/');
  if (first < 0) return { app: '', streamKey: path };
  const second = plain.indexOf('/', first + 1);
  const colon = plain.indexOf(':', first + 1);
  const cut = second < 0 || (colon >= 0 && colon < second) ? first : second;
  return { app: path.slice(0, cut), streamKey: path.slice(cut + 1) };
}

function bad(reason: string): GatewayError {
  return new GatewayError('bad-parameter', 'the rtmp address cannot be used', { reason });
}
