const PARTS = /^(?:https?:\/\/([^/?#]*))?([^#]*)/i;

/**
 * Where a subscription may be, best first: on the host that answered at the port the camera names, which may truly be
 * another one (TP-Link, Reolink), else on the port that answered (ONVIF field guide 4.2). Never throws.
 */
export function subscriptionAddresses(told: string | undefined, events: URL): URL[] {
  const [, authority = '', path = ''] = PARTS.exec((told ?? '').trim().slice(0, 2048).replaceAll('&amp;', '&')) ?? [];
  if (path === '' && authority === '') return [events];
  const place = path.startsWith('/') ? path : `/${path}`;
  const port = /:(\d{1,5})$/.exec(authority)?.[1] ?? (authority === '' ? events.port : '');
  const candidates = [
    `${events.protocol}//${events.hostname}${port === '' ? '' : `:${port}`}${place}`,
    `${events.origin}${place}`,
  ];
  const urls = candidates.filter((text) => URL.canParse(text)).map((text) => new URL(text));
  const distinct = urls.filter((url, at) => urls.findIndex((each) => each.href === url.href) === at);
  return distinct.length > 0 ? distinct : [events];
}
