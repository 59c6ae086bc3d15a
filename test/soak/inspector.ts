import { once } from 'node:events';
import { WebSocket } from 'ws';
import { z } from 'zod';

const heapUsage = z.object({ result: z.object({ usedSize: z.number() }) });

/** Node's own inspector of another process: collects its garbage and tells what is left. */
export class Inspector {
  readonly #socket: WebSocket;
  #asked = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async connect(url: string): Promise<Inspector> {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    return new Inspector(socket);
  }

  /** Bytes of the heap that are in use after a full collection. */
  async heapBytes(): Promise<number> {
    await this.#ask('HeapProfiler.collectGarbage');
    return heapUsage.parse(await this.#ask('Runtime.getHeapUsage')).result.usedSize;
  }

  close(): void {
    this.#socket.terminate();
  }

  async #ask(method: string): Promise<unknown> {
    const id = ++this.#asked;
    this.#socket.send(JSON.stringify({ id, method }));
    for (;;) {
      const [text]: unknown[] = await once(this.#socket, 'message');
      const answer: unknown = JSON.parse(String(text));
      if (typeof answer === 'object' && answer !== null && 'id' in answer && answer.id === id) return answer;
    }
  }
}
