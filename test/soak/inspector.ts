import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { z } from 'zod';

const heapUsage = z.object({ result: z.object({ usedSize: z.number() }) });
const evaluated = z.object({ result: z.object({ result: z.object({ value: z.array(z.number()).length(3) }) }) });

/** In bytes: machine code, byte code, and what lies outside the heap but is held from within, buffers above all. */
const BESIDES = `(() => {
  const code = process.getBuiltinModule('node:v8').getHeapCodeStatistics();
  return [code.code_and_metadata_size, code.bytecode_and_metadata_size, process.memoryUsage().external];
})()`;

const LOOKS = 5;
/** A buffer that was let go of is free a moment after the collection. */
const BETWEEN_LOOKS_MS = 300;

export interface HeapBytes {
  /** What the program holds, buffers included. */
  readonly held: number;
  /** What V8 has compiled of it: it grows as long as there is something that has not run hot yet. */
  readonly code: number;
}

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

  /** What is in use after full collections: the least of a few looks, for what is held is seen in each. */
  async heapBytes(): Promise<HeapBytes> {
    let least = await this.#look();
    for (let look = 1; look < LOOKS; look++) {
      await delay(BETWEEN_LOOKS_MS);
      const next = await this.#look();
      if (next.held < least.held) least = next;
    }
    return least;
  }

  close(): void {
    this.#socket.terminate();
  }

  async #look(): Promise<HeapBytes> {
    await this.#ask('HeapProfiler.collectGarbage');
    const { usedSize } = heapUsage.parse(await this.#ask('Runtime.getHeapUsage')).result;
    const answer = await this.#ask('Runtime.evaluate', { expression: BESIDES, returnByValue: true });
    const [machineCode = 0, byteCode = 0, external = 0] = evaluated.parse(answer).result.result.value;
    const code = machineCode + byteCode;
    return { held: usedSize - code + external, code };
  }

  async #ask(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#asked;
    this.#socket.send(JSON.stringify({ id, method, params }));
    for (;;) {
      const [text]: unknown[] = await once(this.#socket, 'message');
      const answer: unknown = JSON.parse(String(text));
      if (typeof answer === 'object' && answer !== null && 'id' in answer && answer.id === id) return answer;
    }
  }
}
