import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SoakedGateway } from './gateway.ts';
import { line, report } from './report.ts';
import { SoakSite } from './site.ts';
import type { Sample, Verdict } from './verdict.ts';

/**
 * The soak: one gateway for a long time, while viewers and recordings come and go, cameras lose their power, and the
 * platform is away. After each round all is quiet again, and what the gateway holds then must not grow.
 */

const USAGE = 'npm run soak -- [--minutes N] [--cameras N] [--round SECONDS] [--calm]';

interface Wish {
  readonly minutes: number;
  readonly cameras: number;
  readonly roundSeconds: number;
  /** Nothing happens: all cameras are live and recorded, for what that writes to disk. */
  readonly calm: boolean;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());

/** A moment of a round, by the share of the round that has passed. */
interface Step {
  readonly at: number;
  readonly what: (site: SoakSite, round: number) => Promise<unknown>;
}

const ROUND: readonly Step[] = [
  { at: 0, what: (site) => site.watch(0) },
  { at: 0.02, what: (site) => site.record(1) },
  { at: 0.05, what: (site) => site.visitor.come() },
  { at: 0.1, what: (site) => site.watch(1) },
  { at: 0.15, what: async (site, round) => site.fiddle(round % site.cameras.length) },
  { at: 0.17, what: async (site) => site.move(1, true) },
  { at: 0.22, what: async (site) => site.move(1, false) },
  { at: 0.25, what: async (site, round) => site.cameras[round % site.cameras.length]?.powerOff() },
  { at: 0.35, what: async (site, round) => site.cameras[round % site.cameras.length]?.powerOn() },
  { at: 0.4, what: (site) => site.away() },
  { at: 0.6, what: (site) => site.back() },
  { at: 0.7, what: async (site) => site.ovc.cutStreams() },
  { at: 0.72, what: async (site) => site.cameras[0]?.dropPlayers() },
  // Another name for the last channel: the gateway sees that the file has changed.
  { at: 0.75, what: (site, round) => site.writeConfig(String(round)) },
  { at: 0.78, what: (site) => site.visitor.leave() },
  { at: 0.8, what: (site) => site.stopAll() },
];

/** The first round of a calm soak begins what goes on in the others. */
const CALM: readonly Step[] = [
  { at: 0, what: (site, round) => inFirst(round, () => site.cameras.map((_, channel) => site.watch(channel))) },
  { at: 0.1, what: (site, round) => inFirst(round, () => site.cameras.map((_, channel) => site.record(channel))) },
];

async function inFirst(round: number, begin: () => Promise<void>[]): Promise<void> {
  if (round === 1) await Promise.all(begin());
}

interface Round {
  readonly round: number;
  readonly seconds: number;
  readonly steps: readonly Step[];
}

async function playRound(site: SoakSite, gateway: SoakedGateway, { round, seconds, steps }: Round): Promise<void> {
  const since = performance.now();
  for (const { at, what } of steps) {
    await pause(since + at * seconds * 1000 - performance.now());
    if (stopping.signal.aborted || !gateway.runs) return;
    await what(site, round);
  }
  await pause(since + seconds * 1000 - performance.now());
}

const pause = (ms: number) => delay(Math.max(ms, 0), undefined, { signal: stopping.signal }).catch(() => undefined);

async function soak({ minutes, cameras, roundSeconds, calm }: Wish): Promise<Verdict> {
  const since = performance.now();
  const passed = (): number => (performance.now() - since) / 60_000;
  const site = await SoakSite.open(cameras, stopping.signal);
  const gateway = await SoakedGateway.start(site.file, site.secrets);
  const samples: Sample[] = [];
  let writtenAtFirst = 0;
  let written = 0;
  try {
    await site.online(60_000);
    if (!calm) await site.fillMemories(stopping.signal);
    for (let round = 1; passed() < minutes && gateway.runs && !stopping.signal.aborted; round++) {
      await playRound(site, gateway, { round, seconds: roundSeconds, steps: calm ? CALM : ROUND });
      if (!gateway.runs || stopping.signal.aborted) break;
      const sample = await gateway.sample(passed(), { childrenStay: calm });
      samples.push(sample);
      written = gateway.bytesWritten;
      if (samples.length === 1) writtenAtFirst = written;
      say(line(sample));
    }
    const died = !gateway.runs;
    const code = await gateway.stop();
    const { text, verdict } = report({
      ...{ samples, cameras, calm, code, ended: died ? 'it died' : `exit code ${code}` },
      ...{ leaked: gateway.leaked, said: gateway.said, writtenBytes: written - writtenAtFirst },
      ...{ came: site.outcome, refusals: site.refusals },
    });
    process.stdout.write(text);
    return verdict;
  } finally {
    await gateway.stop();
    await site.close();
  }
}

function wish(): Wish {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '60' },
      cameras: { type: 'string', default: '2' },
      round: { type: 'string', default: '45' },
      calm: { type: 'boolean', default: false },
    },
  });
  const [minutes, cameras, roundSeconds] = [values.minutes, values.cameras, values.round].map(Number);
  if (!minutes || !cameras || cameras < 2 || !roundSeconds) throw new Error('wants numbers, and at least two cameras');
  return { minutes, cameras, roundSeconds, calm: values.calm };
}

try {
  const { fine } = await soak(wish());
  process.exitCode = fine ? 0 : 1;
} catch (err) {
  say(`soak: ${err instanceof Error ? err.message : err}\nusage: ${USAGE}`);
  process.exitCode = 2;
}
