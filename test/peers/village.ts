import { createLog } from '../../src/runtime/log.ts';
import { together } from '../../src/runtime/supervise.ts';
import { type Discoverable, runDiscoveryResponder } from '../../src/simulator/camera/discovery-responder.ts';
import { Habits } from '../../src/simulator/camera/habits.ts';

/**
 * A program: cameras that answer discovery as they do on a LAN, each at an address of its own, on the real port and in
 * the real group. Wants the first three numbers of the network and how many; says `ready`; ends with SIGTERM.
 */

const [network = '', count = ''] = process.argv.slice(2);
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const log = createLog({ level: 'error', scrub: (text) => text }, { write: (line) => process.stderr.write(line) });

function camera(number: number): { readonly host: string; readonly cameras: () => readonly Discoverable[] } {
  const host = `${network}.${number + 9}`;
  const mac = `02:00:00:00:02:${number.toString(16).padStart(2, '0')}`;
  const identity = { name: `Camera ${number}`, serial: `N-${number}`, mac };
  const endpoint = `urn:uuid:5f5a69c2-e0ae-504f-829b-${mac.replaceAll(':', '')}`;
  const habits = new Habits([], (habit) => log.debug({ habit }, 'habit'));
  return { host, cameras: () => [{ identity, endpoint, xaddr: `http://${host}/onvif/device_service`, habits }] };
}

let waiting = Number(count);
const ready = (): void => {
  waiting--;
  if (waiting === 0) process.stdout.write('ready\n');
};
await together(
  stop.signal,
  Array.from({ length: Number(count) }, (_, at) => ({
    run: (signal: AbortSignal) =>
      runDiscoveryResponder({ ...camera(at + 1), port: 3702, group: '239.255.255.250' }, signal, ready),
  })),
);
