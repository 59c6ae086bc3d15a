import { createLog, scrubber } from '../runtime/log.ts';
import { aborted } from '../runtime/scope.ts';
import {
  type Command,
  EXIT,
  type ExitCode,
  type Invocation,
  type Surroundings,
  UsageError,
  wholeNumber,
} from './command-line.ts';
import { LOGIN_CODE, onStage, type Stage } from './demo/stage.ts';
import { takeTour } from './demo/tour.ts';
import { logOutput } from './log-output.ts';

const MOST_CAMERAS = 16;

/** Everything on this machine, nothing to configure: to look at it, or as a tour that ends by itself. */
export const demo: Command = {
  options: { cameras: { type: 'string' }, tour: { type: 'boolean' }, port: { type: 'string' } },
  run: async ({ values }: Invocation, { signal, print, self }: Surroundings): Promise<ExitCode> => {
    const cameras = wholeNumber(values.cameras, 'cameras', 2);
    if (cameras < 1 || cameras > MOST_CAMERAS) throw new UsageError(`--cameras wants 1 to ${MOST_CAMERAS}`);
    const port = wholeNumber(values.port, 'port', 0);
    const tour = values.tour === true;
    const output = await logOutput(process.stdout);
    // The tour's own lines are what matters there; the gateway's log would bury them.
    const onLine = (line: string): void => void (tour || output.write(`${line}\n`));
    const log = createLog({ level: 'warn', scrub: scrubber([]) }, output);
    print(`starting a platform and ${cameras} virtual ${cameras === 1 ? 'camera' : 'cameras'} …`);
    return onStage({ cameras, port, self, log, onLine, signal }, (stage) =>
      tour ? guided(stage, { signal, print }) : open(stage, { signal, print }),
    );
  },
};

type Guests = Pick<Surroundings, 'signal' | 'print'>;

async function guided(stage: Stage, { signal, print }: Guests): Promise<ExitCode> {
  const gateway = stage.startGateway();
  if (!(await takeTour(stage, print)) || signal.aborted) return EXIT.failed;
  const code = await gateway.stop();
  print(`gateway ended with exit code ${code}`);
  return code === 0 ? EXIT.done : EXIT.failed;
}

/** Pushes every camera live, as a platform would, and lets a person watch until a signal comes. */
async function open(stage: Stage, { signal, print }: Guests): Promise<ExitCode> {
  const gateway = stage.startGateway();
  const { ovc, cameras } = stage;
  await ovc.waitFor(
    () => ovc.devices.get(LOGIN_CODE)?.report.channels.every(({ state }) => state > 0) || signal.aborted,
    {
      timeoutMs: 30_000,
    },
  );
  for (const channel of signal.aborted ? [] : cameras.keys()) {
    const url = ovc.rtmpUrl('live', `camera${channel}`);
    const params = { channel, url, stream_id: `demo-${channel}`, max_bitrate: 0 };
    await ovc.request(LOGIN_CODE, 'RTMPPublish', params);
    print(`channel ${channel} is live:   ffplay ${url}`);
  }
  print(`every packet:        ${ovc.pageUrl(LOGIN_CODE)}`);
  print('Ctrl-C ends it all.');
  await Promise.race([aborted(signal), gateway.ended()]);
  return signal.aborted ? EXIT.done : EXIT.failed;
}
