import { GatewayError } from '../runtime/errors.ts';
import { createLog, scrubber } from '../runtime/log.ts';
import { aborted } from '../runtime/scope.ts';
import {
  type Command,
  EXIT,
  type ExitCode,
  type Invocation,
  portNumber,
  type Surroundings,
  wholeNumber,
} from './command-line.ts';
import { LOGIN_CODE, onStage, type Stage } from './demo/stage.ts';
import { takeTour } from './demo/tour.ts';
import { logOutput } from './log-output.ts';

const MOST_CAMERAS = 16;
const COLD_START_MS = 30_000;

/** Everything on this machine, nothing to configure: to look at it, or as a tour that ends by itself. */
export const demo: Command = {
  options: { cameras: { type: 'string' }, tour: { type: 'boolean' }, port: { type: 'string' } },
  run: async ({ values }: Invocation, { signal, print, self }: Surroundings): Promise<ExitCode> => {
    const cameras = wholeNumber(values, 'cameras', { least: 1, most: MOST_CAMERAS, fallback: 2 });
    const port = portNumber(values, 'port', 0);
    const tour = values.tour === true;
    const output = await logOutput(process.stdout);
    // The tour's own lines are what matters there; the gateway's log would bury them.
    const onLine = (line: string): void => {
      if (tour) return;
      output.write(`${line}\n`);
      const [, url] = /"urls":\["([^"]+)".*"the local page is open"/.exec(line) ?? [];
      if (url !== undefined) print(`the gateway's page:  ${url}`);
    };
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
  print(`every packet:        ${stage.ovc.pageUrl(LOGIN_CODE)}`);
  const over = Promise.race([aborted(signal), gateway.ended()]);
  try {
    await Promise.race([over, goLive(stage, print)]);
  } catch (err) {
    if (!(err instanceof GatewayError)) throw err;
    print(`the demo failed: ${err.sentence}`);
    return EXIT.failed;
  }
  print('Ctrl-C ends it all.');
  await over;
  if (signal.aborted) return EXIT.done;
  print('the gateway has ended by itself');
  return EXIT.failed;
}

async function goLive({ ovc, cameras }: Stage, print: Guests['print']): Promise<void> {
  const online = (): boolean => {
    const channels = ovc.devices.get(LOGIN_CODE)?.report.channels ?? [];
    return channels.length === cameras.length && channels.every(({ state }) => state > 0);
  };
  await ovc.waitFor(online, { timeoutMs: COLD_START_MS });
  for (const channel of cameras.keys()) {
    const url = ovc.rtmpUrl('live', `camera${channel}`);
    const params = { channel, url, stream_id: `demo-${channel}`, max_bitrate: 0 };
    const answer = await ovc.request(LOGIN_CODE, 'RTMPPublish', params);
    const refusal = 'err' in answer ? answer.err?.msg : undefined;
    print(
      refusal === undefined
        ? `channel ${channel} is live:   ffplay ${url}`
        : `channel ${channel} is not live: ${refusal}`,
    );
  }
}
