import { randomFillSync } from 'node:crypto';
import type { Writable } from 'node:stream';
import { GatewayError } from '../../runtime/errors.ts';
import { ByteQueue } from '../byte-queue.ts';

const VERSION = 3;
const HELLO_BYTES = 1536;

/**
 * The simple handshake (RTMP 1.0 §5.2). Returns what arrived behind it, which belongs to the chunk reader.
 *
 *     we    C0 C1 ──▶            C2 ──▶
 *     they            ◀── S0 S1       ◀── S2
 *
 * @throws GatewayError `protocol-broken` when the other side speaks something else, `link-lost` when it hangs up
 */
export async function shakeHands(output: Writable, input: AsyncIterator<Buffer>): Promise<Buffer> {
  output.write(Buffer.concat([Buffer.of(VERSION), hello()]));
  const arrived = new ByteQueue();
  const version = (await take(1, arrived, input)).readUInt8();
  // A server that speaks a later version answers with its own number and means 3; HTTP and TLS start with text or 21.
  if (version < VERSION || version >= 0x15) throw new GatewayError('protocol-broken', 'the server does not speak rtmp');
  output.write(await take(HELLO_BYTES, arrived, input));
  // S2 ought to repeat C1; servers that send something else are many and harmless.
  await take(HELLO_BYTES, arrived, input);
  return arrived.take(arrived.bytes) ?? Buffer.alloc(0);
}

/** C1: time zero, four zero bytes that ask for the simple handshake, and noise. */
function hello(): Buffer {
  const bytes = Buffer.alloc(HELLO_BYTES);
  randomFillSync(bytes, 8);
  return bytes;
}

async function take(count: number, arrived: ByteQueue, input: AsyncIterator<Buffer>): Promise<Buffer> {
  for (;;) {
    const taken = arrived.take(count);
    if (taken) return taken;
    const { done, value } = await input.next();
    if (done === true) throw new GatewayError('link-lost', 'the media server hung up');
    arrived.push(value);
  }
}
