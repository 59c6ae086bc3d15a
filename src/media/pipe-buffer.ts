import type { Readable } from 'node:stream';

/**
 * Reads a child's pipe into one buffer that is used over and over. Node has that for sockets which it connects itself
 * (`onread`); a child's pipes are such sockets, but `spawn` has no place for the option. Without it each read takes
 * 64 kB of fresh memory, and a gateway makes some hundred reads a second.
 */

const BUFFER_BYTES = 65_536;

/** What Node sets on a socket with `onread`, by the names of its symbols. */
interface OwnBuffer {
  readonly kBuffer: symbol;
  readonly kBufferCb: symbol;
}

interface Handle {
  useUserBuffer(buffer: Uint8Array): void;
}

/**
 * Gives all that comes to `take`, at once. The bytes are true during the call only. Where Node does not let us have a
 * buffer of our own, its own ones are used.
 */
export function readEach(pipe: Readable, take: (bytes: Buffer) => void): void {
  if (!ownBufferRead(pipe, take)) pipe.on('data', take);
}

/** False where this Node does it in another way. */
export function ownBufferRead(pipe: Readable, take: (bytes: Buffer) => void): boolean {
  const symbols = ownBufferOf(pipe);
  const handle: unknown = Reflect.get(pipe, '_handle');
  if (!symbols || !isHandle(handle)) return false;
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  Reflect.set(pipe, symbols.kBuffer, buffer);
  Reflect.set(pipe, symbols.kBufferCb, (bytes: number) => void take(buffer.subarray(0, bytes)));
  handle.useUserBuffer(buffer);
  pipe.resume();
  return true;
}

function ownBufferOf(pipe: Readable): OwnBuffer | undefined {
  const symbols = Object.getOwnPropertySymbols(pipe);
  const named = (name: string): symbol | undefined => symbols.find(({ description }) => description === name);
  const [kBuffer, kBufferCb] = [named('kBuffer'), named('kBufferCb')];
  return kBuffer && kBufferCb && { kBuffer, kBufferCb };
}

function isHandle(handle: unknown): handle is Handle {
  return typeof handle === 'object' && handle !== null && typeof Reflect.get(handle, 'useUserBuffer') === 'function';
}
