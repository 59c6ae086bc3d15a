import { existsSync } from 'node:fs';
import type { Config } from '../config/schema.ts';
import { stateDirectory } from '../config/state-directory.ts';
import { channelOf, type Site } from '../gateway/belonging.ts';
import { rememberedChannels } from '../gateway/channel-numbers.ts';
import { scanner, searchedAddresses } from '../gateway/discovery.ts';
import { type DiscoveredDevice, isOnvif } from '../onvif/discovery/device.ts';
import { DISCOVERY_PORT } from '../onvif/discovery/scan.ts';
import { announcedIdentity } from '../onvif/identity/questions.ts';
import { systemClock } from '../runtime/clock.ts';
import { createLog, scrubber } from '../runtime/log.ts';
import { peekCameras } from '../store/peek.ts';
import { type Command, EXIT, type ExitCode, type Invocation, type Surroundings, wholeNumber } from './command-line.ts';
import { CONFIG_OPTION, configFile, openConfig } from './config-file.ts';
import { table } from './table.ts';

const SECONDS = 5;
const MOST_SECONDS = 300;
const HEADINGS = ['ADDRESS', 'NAME', 'MODEL', 'MAC', 'CHANNEL'];

/** ONVIF devices on the LAN, and which channel each has. */
export const discover: Command = {
  options: { config: CONFIG_OPTION, seconds: { type: 'string' }, json: { type: 'boolean' } },
  run: async ({ values }: Invocation, { env, signal, print }: Surroundings): Promise<ExitCode> => {
    const seconds = wholeNumber(values, 'seconds', { least: 1, most: MOST_SECONDS, fallback: SECONDS });
    const { site, discovery } = await known(values, env);
    const searched = searchedAddresses(discovery);
    const world = { clock: systemClock, log: createLog({ level: 'fatal', scrub: scrubber([]) }) };
    const found = (await scanner({ discovery }, world)(signal, seconds * 1000)).filter(isOnvif);
    const rows = found.map((device) => ({ ...device, channel: channelFor(device, site) ?? null }));
    const taken = new Set(rows.map(({ channel }) => channel));
    const absent = site.entries.map(({ channel }) => channel).filter((channel) => !taken.has(channel));
    if (values.json === true) print(JSON.stringify({ searched, seconds, devices: rows, absent }, null, 2));
    else for (const line of lines({ searched, seconds, rows, absent })) print(line);
    return searched.length > 0 ? EXIT.done : EXIT.failed;
  },
};

type Row = DiscoveredDevice & { readonly channel: number | null };

interface Outcome {
  readonly searched: readonly string[];
  readonly seconds: number;
  readonly rows: readonly Row[];
  /** Channels whose camera has not answered. */
  readonly absent: readonly number[];
}

function* lines({ searched, seconds, rows, absent }: Outcome): Generator<string> {
  if (searched.length === 0) yield 'there is no network card to search; name one under discovery.interfaces';
  else
    yield `searched from ${searched.join(', ')} for ${seconds} s: ${rows.length} ${rows.length === 1 ? 'device' : 'devices'}`;
  if (rows.length > 0) {
    yield '';
    yield* table(HEADINGS, [...rows].sort(byChannel).map(cells));
  }
  if (absent.length > 0) yield* ['', `not seen: the ONVIF cameras of channel ${absent.join(', ')}`];
}

function byChannel(a: Row, b: Row): number {
  return (
    (a.channel ?? Number.POSITIVE_INFINITY) - (b.channel ?? Number.POSITIVE_INFINITY) ||
    a.xaddr.host.localeCompare(b.xaddr.host)
  );
}

function cells({ xaddr, name, hardware, mac, channel }: Row): string[] {
  return [xaddr.host, name || '-', hardware || '-', mac ?? '-', channel === null ? '-' : String(channel)];
}

function channelFor(device: DiscoveredDevice, site: Site): number | undefined {
  return channelOf(device.xaddr, announcedIdentity(device), site)?.channel;
}

/** The configuration need not be there; one that was named, or found, has to be right. */
async function known(
  values: Invocation['values'],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly site: Site; readonly discovery: Pick<Config['discovery'], 'interfaces' | 'port'> }> {
  if (values.config === undefined && !existsSync(configFile(values))) {
    return { site: { entries: [], cameras: {} }, discovery: { port: DISCOVERY_PORT } };
  }
  const config = openConfig(values, env);
  const { cameras, numbers } = await peekCameras(stateDirectory(config, env));
  const onvif = config.channels.filter((entry) => entry.onvif !== undefined);
  return {
    site: { entries: [...onvif, ...rememberedChannels(config, numbers)], cameras },
    discovery: config.discovery,
  };
}
