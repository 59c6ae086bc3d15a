import type { RtmpAddress } from './address.ts';
import type { Status } from './commands.ts';

/** What servers mean by their codes, lower case because they don't agree on it. */
const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['netstream.publish.badname', 'the stream is already being published'],
  ['netstream.publish.badconnection', 'the connection is already publishing'],
  ['netstream.publish.denied', 'publishing is not allowed'],
  ['netstream.publish.unauthorized', 'publishing is not allowed'],
  ['netstream.publish.failed', 'publishing failed'],
  ['netstream.publish.rejected', 'publishing is not allowed'],
  ['netstream.unpublish.success', 'the server ended the stream'],
  ['netconnection.connect.rejected', 'the connection is not allowed'],
  ['netconnection.connect.invalidapp', 'the server has no such application'],
  ['netconnection.connect.failed', 'the server could not set up the connection'],
  ['netconnection.connect.appshutdown', 'the application is shutting down'],
  ['netconnection.connect.closed', 'the server closed the connection'],
]);
const MAX_DESCRIPTION = 160;

/** A status in words: what it means, its code, and what the server says itself, without the stream key. */
export function statusWords({ code, description }: Status, address: RtmpAddress): string {
  const shownCode = printable(code, address);
  const said = printable(description, address);
  const meaning = MEANINGS.get(code.toLowerCase());
  if (meaning) return `${meaning} (${shownCode})`;
  return [said === '' ? 'no reason given' : said, ...(shownCode === '' ? [] : [`(${shownCode})`])].join(' ');
}

/** Text of the server that may be shown: no stream key (servers like to repeat it), no control characters, not long. */
function printable(text: string, { streamKey, app }: RtmpAddress): string {
  const [name = '', query = ''] = streamKey.split(/\?(.*)/s);
  const [, appQuery = ''] = app.split(/\?(.*)/s);
  let shown = text;
  for (const secret of [streamKey, query, appQuery, name])
    if (secret.length >= 3) shown = shown.replaceAll(secret, '***');
  return shown
    .replaceAll(/[^\P{C}]+/gu, ' ')
    .trim()
    .slice(0, MAX_DESCRIPTION);
}
