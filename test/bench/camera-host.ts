import { createLog } from '../../src/runtime/log.ts';
import { aborted } from '../../src/runtime/scope.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { VirtualCamera } from '../../src/simulator/camera/camera.ts';
import { BENCH_MAIN } from '../../src/simulator/camera/profiles.ts';
import { type HostReply, hostOrder } from './camera-words.ts';

/**
 * The program of the process that holds the virtual cameras, so that what they cost is nobody else's. Answers its
 * parent's orders in turn and ends with it.
 */

const stop = new AbortController();
for (const end of ['disconnect', 'SIGTERM'] as const) process.once(end, () => stop.abort());
// A warning would stand between the lines of the report; what fails is seen in the figures that are missing.
const log = createLog({ level: 'error', scrub: (text) => text }, { write: (line) => process.stderr.write(line) });

function startCamera(number: number, username: string, password: string): Promise<VirtualCamera> {
  const digits = String(number).padStart(2, '0');
  return VirtualCamera.start(
    {
      ...{ name: `Bench camera ${number}`, serial: `BENCH${digits}`, mac: `02:00:00:00:01:${digits}` },
      ...{ username, password: new Secret(password), main: BENCH_MAIN },
    },
    { signal: stop.signal, log },
  );
}

function reply(words: HostReply): void {
  process.send?.(words);
}

const cameras: VirtualCamera[] = [];

async function obey(message: unknown): Promise<void> {
  const order = hostOrder.parse(message);
  if (order.word === 'start') {
    for (let number = 0; number < order.cameras; number++) {
      cameras.push(await startCamera(number, order.username, order.password));
    }
  }
  if (order.word === 'habit') cameras[order.camera]?.habits.set(order.habit, order.on);
  reply({
    cameras: cameras.map((camera) => ({
      onvifPort: camera.onvifPort,
      rtspUrl: camera.rtspUrl('main').href,
      players: camera.counts.rtsp.main?.players ?? 0,
    })),
  });
}

let obeyed: Promise<void> = Promise.resolve();
process.on('message', (message) => {
  obeyed = obeyed.then(() => obey(message)).catch((err: unknown) => reply({ failed: String(err) }));
});
await aborted(stop.signal);
await obeyed;
await Promise.all(cameras.map((camera) => camera.close()));
if (process.connected) process.disconnect();
