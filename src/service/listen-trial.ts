import { once } from 'node:events';
import { createServer } from 'node:net';
import { codeOf } from '../runtime/connection-words.ts';

/** What the system says of a place where something is to listen, in a person's words. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'another program has this port'],
  ['EADDRNOTAVAIL', 'this box has no such address'],
  ['ENOTFOUND', 'this name is not known'],
  ['EAI_AGAIN', 'this name is not known'],
  ['EACCES', 'ports below 1024 need a right that this program does not have'],
]);

/** Opens a listener and closes it again: why that cannot be done; undefined when it can. */
export async function whyNoListener(place: {
  readonly host: string;
  readonly port: number;
}): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(place);
    await once(server, 'listening');
    return undefined;
  } catch (err) {
    return WORDS.get(codeOf(err)) ?? String(codeOf(err) || err);
  } finally {
    server.close();
  }
}
