import { once } from 'node:events';
import { createServer } from 'node:net';
import { codeOf } from '../runtime/connection-words.ts';
import { type Fault, type FaultKind, fault } from '../runtime/fault.ts';

/** What it means when the system says no to a place where something is to listen. */
const FAULTS: ReadonlyMap<string, FaultKind> = new Map([
  ['EADDRINUSE', 'port-taken'],
  ['EADDRNOTAVAIL', 'no-such-address'],
  ['ENOTFOUND', 'no-such-name'],
  ['EAI_AGAIN', 'no-such-name'],
  ['EACCES', 'port-forbidden'],
]);

/** Opens a listener and closes it again: why that cannot be done; undefined when it can. */
export async function whyNoListener(place: {
  readonly host: string;
  readonly port: number;
}): Promise<Fault | undefined> {
  const server = createServer();
  try {
    server.listen(place);
    await once(server, 'listening');
    return undefined;
  } catch (err) {
    return fault(FAULTS.get(codeOf(err)) ?? 'cannot-listen', { what: String(codeOf(err) || err) });
  } finally {
    server.close();
  }
}
