import { Scope } from '../../runtime/scope.ts';
import type { Device } from './device.ts';
import { wireEntry, wireObject } from './wire.ts';

/**
 * A device's record as server-sent events: `packet` for each entry, `device` whenever its state changed. Written at
 * the pace of the reader; what a slow one misses is what the record has forgotten, nothing is kept for it.
 */
export function liveEvents(device: Device, after: number, signal: AbortSignal): ReadableStream<Uint8Array> {
  const scope = new Scope(signal);
  const encoder = new TextEncoder();
  let last = after;
  let said = '';
  const news = (): string => {
    const entries = device.packetsAfter(last);
    last = entries.at(-1)?.number ?? last;
    const state = JSON.stringify(wireObject(device.report));
    const changed = state === said ? '' : `event: device\ndata: ${state}\n\n`;
    said = state;
    const packets = entries.map((e) => `id: ${e.number}\nevent: packet\ndata: ${JSON.stringify(wireEntry(e))}\n\n`);
    return packets.join('') + changed;
  };
  return new ReadableStream({
    async pull(controller) {
      for (let text = ''; !scope.signal.aborted; ) {
        text = news();
        if (text !== '') {
          controller.enqueue(encoder.encode(text));
          return;
        }
        await device.bell.next(scope.signal);
      }
      // Cancelled by the reader it is closed already; here the platform ends.
      if (signal.aborted) controller.close();
    },
    cancel: () => scope.end(),
  });
}
