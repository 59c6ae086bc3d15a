/**
 * The addresses that cameras tell, made reachable. Cameras name another network card, an old address, 0.0.0.0, or a
 * port that a router maps elsewhere; the address that answered is the one to trust, so only the path is taken
 * (ONVIF field guide 4.2).
 */

const PARTS = /^(?:([a-z][a-z\d+.-]*):\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?/i;

/**
 * The service at the told address, on the host, port and scheme of the device service; where no path is told, at the
 * device service's neighbour of that name. Never throws.
 */
export function serviceAddress(service: string, told: string, device: URL): URL {
  const [, , , path = '', query = ''] = PARTS.exec(told.trim()) ?? [];
  const address = new URL(device);
  const isTold = path !== '' && path !== '/';
  address.pathname = isTold ? path : device.pathname.replace(/device(?=_service$)/, service);
  address.search = isTold ? query : '';
  return address;
}

const STREAM_SCHEMES: ReadonlySet<string> = new Set(['rtsp', 'rtsps']);

/**
 * The stream at the told address, on the host of the device service but on its own port, without user info.
 * Undefined when it is no RTSP address.
 */
export function streamAddress(told: string, device: URL): URL | undefined {
  // Some cameras escape the URI before they put it into XML, which escapes it again.
  const plain = told.trim().replaceAll('&amp;', '&');
  const [whole, scheme = '', authority = ''] = PARTS.exec(plain) ?? [];
  if (whole === undefined || !STREAM_SCHEMES.has(scheme.toLowerCase())) return undefined;
  const port = /:(\d{1,5})$/.exec(authority)?.[0] ?? '';
  const rest = plain.slice(`${scheme}://${authority}`.length);
  const address = `${scheme.toLowerCase()}://${device.hostname}${port}${rest}`;
  return URL.canParse(address) ? new URL(address) : undefined;
}

const WEB_PARTS = /^(?:https?:\/\/([^/?#]*))?([^#]*)/i;

/**
 * Where a subscription or a snapshot may be, best first: on the host that answered at the port the camera names, which
 * may truly be another one (TP-Link, Reolink), else on the port that answered (ONVIF field guide 4.2). Never throws.
 */
export function likelyAddresses(told: string | undefined, service: URL): URL[] {
  const [, authority = '', path = ''] =
    WEB_PARTS.exec((told ?? '').trim().slice(0, 2048).replaceAll('&amp;', '&')) ?? [];
  if (path === '' && authority === '') return [service];
  const place = path.startsWith('/') ? path : `/${path}`;
  const port = /:(\d{1,5})$/.exec(authority)?.[1] ?? (authority === '' ? service.port : '');
  const candidates = [
    `${service.protocol}//${service.hostname}${port === '' ? '' : `:${port}`}${place}`,
    `${service.origin}${place}`,
  ];
  const urls = candidates.filter((text) => URL.canParse(text)).map((text) => new URL(text));
  const distinct = urls.filter((url, at) => urls.findIndex((each) => each.href === url.href) === at);
  return distinct.length > 0 ? distinct : [service];
}
