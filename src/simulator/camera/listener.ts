import type { AddressInfo, Server, Socket } from 'node:net';
import { aborted } from '../../runtime/scope.ts';

export interface ListenAt {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/**
 * Listens until the signal aborts, then cuts every connection and lets go of the port. `ready` hears the port.
 * Rejects when the port cannot be had. Knows sockets, and nothing of what is said on them.
 */
export async function runListener(
  server: Server,
  { host, port }: ListenAt,
  signal: AbortSignal,
  ready: (port: number) => void,
): Promise<void> {
  if (signal.aborted) return;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const failed = new Promise<never>((_, reject) => server.once('error', reject));
  try {
    server.listen(port, host, () => ready(portOf(server.address())));
    await Promise.race([aborted(signal), failed]);
  } finally {
    await closed(server, sockets);
  }
}

async function closed(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  for (const socket of sockets) socket.destroy();
  await gone;
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
