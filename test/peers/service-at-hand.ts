import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Configuration } from '../../src/service/configuration.ts';
import { LogLines } from '../../src/service/memory/log-lines.ts';
import { Service } from '../../src/service/service.ts';
import type { FakeClock } from './fake-clock.ts';
import { type LogLine, readableLog } from './readable-log.ts';

export interface ServiceAtHand {
  readonly lines: LogLine[];
  /** Ends it in good order. */
  end(): Promise<void>;
}

export interface ServiceWish {
  /** Holds the configuration; the state is in `state` below it. */
  readonly folder: string;
  readonly clock: FakeClock;
  readonly env?: NodeJS.ProcessEnv;
  /** Where the local page listens; without it there is none. */
  readonly listen?: string;
}

/** The whole service in this process, on a clock of the test's own, with a platform that is not there. */
export async function serviceAtHand(
  t: TestContext,
  { folder, clock, env = {}, listen }: ServiceWish,
): Promise<ServiceAtHand> {
  const file = join(folder, 'gateway.yaml');
  const content = [
    'platform: { url: "ws://127.0.0.1:1", login_code: OVD1, login_password: hunter2 }',
    `state_dir: ${join(folder, 'state')}`,
    'discovery: { enabled: false }',
    `web: ${listen === undefined ? '{ enabled: false }' : `{ listen: "${listen}" }`}`,
    'channels: []',
  ];
  await writeFile(file, content.join('\n'));
  const { log, lines } = readableLog();
  const version = '1.0.0';
  const configuration = new Configuration({ file, env, version });
  const rest = { restart: () => undefined, lines: new LogLines(), setLevel: () => undefined };
  const service = new Service({ configuration, env, version, clock, log, ...rest });
  const life = new AbortController();
  const running = service.run(life.signal);
  const end = async (): Promise<void> => {
    life.abort();
    await running;
  };
  t.after(end);
  return { lines, end };
}
