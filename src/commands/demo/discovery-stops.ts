import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { GatewayError } from '../../runtime/errors.ts';
import type { Stage } from './stage.ts';

const told = z.object({ devices: z.array(z.object({ channel: z.number().nullable() })) });
const LONGEST_MS = 30_000;

/** The tour's stop at discovery: the command a person would give. */
export const DISCOVERY_STOPS = [
  {
    name: 'discovery',
    show: async ({ self, configFile, cameras }: Stage): Promise<string> => {
      const [program = process.execPath, ...args] = self;
      const order = [...args, 'discover', '--json', '--seconds', '1', '-c', configFile];
      const { stdout } = await promisify(execFile)(program, order, { timeout: LONGEST_MS });
      const channels = told.parse(JSON.parse(stdout)).devices.map(({ channel }) => channel);
      if (cameras.some((_, channel) => !channels.includes(channel))) {
        throw new GatewayError('camera-unreachable', 'not every camera was found', { reason: channels.join(', ') });
      }
      return `${channels.length} cameras found, each with its channel`;
    },
  },
] as const;
