import type { Socket } from 'node:net';
import { networkOf } from './network-of.ts';

/**
 * The connections that may be open at once. When there are too many, the oldest goes of whoever has the most: one who
 * opens all he can closes his own, and everybody else still gets in.
 */
export class Places {
  readonly #most: number;
  /** Who has which, the oldest first. */
  readonly #taken = new Map<string, Set<Socket>>();
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes a place for as long as the connection is open. */
  take(socket: Socket): void {
    const network = networkOf(socket.remoteAddress ?? '');
    this.#taken.set(network, (this.#taken.get(network) ?? new Set()).add(socket));
    this.#count++;
    socket.once('close', () => this.#leave(network, socket));
    if (this.#count <= this.#most) return;
    const [greediest, [oldest]] = this.#greediest();
    if (!oldest) return;
    this.#leave(greediest, oldest);
    oldest.destroy();
  }

  #greediest(): readonly [string, ReadonlySet<Socket>] {
    return [...this.#taken].reduce((most, each) => (each[1].size > most[1].size ? each : most));
  }

  #leave(network: string, socket: Socket): void {
    const own = this.#taken.get(network);
    if (!own?.delete(socket)) return;
    this.#count--;
    if (own.size === 0) this.#taken.delete(network);
  }
}
