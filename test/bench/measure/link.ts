import { setTimeout as delay } from 'node:timers/promises';
import type { MeasuredGateway } from '../gateway.ts';
import type { BenchOptions } from '../options.ts';
import { Relay } from '../relay.ts';
import { medianRow, type Row } from '../report.ts';
import type { Stage } from '../stage.ts';

/** The link to the platform: how soon after the start, and how soon after a loss. */

export async function startToKeepalive(stage: Stage, { repeats }: BenchOptions): Promise<Row[]> {
  const channels = await stage.onvifChannels();
  const samples: number[] = [];
  for (let run = 0; run < repeats; run++) {
    const gateway = await stage.gateway({ channels });
    samples.push((await gateway.firstKeepalive()) - gateway.startedMs);
    await stage.stop(gateway);
  }
  return [medianRow({ name: 'start of the process to first Keepalive', unit: 'ms', samples, budget: { most: 1_000 } })];
}

/** What a cut may cost: the short pause of a first try, or the pause that a long outage has grown. */
const BUDGETS = { short: { upToMs: 1_000, most: 1_500 }, long: { most: 15_000 } } as const;
/** So many at once: each draws its own pauses, so that each cut gives as many samples. */
const GATEWAYS = 5;

export async function linkRestored(stage: Stage, { linkUpMs, cutsMs }: BenchOptions): Promise<Row[]> {
  const relay = await Relay.listen(Number(new URL(stage.ovc.url).port));
  try {
    const url = `ws://127.0.0.1:${relay.port}/ovc`;
    const channels = (await stage.onvifChannels()).slice(0, 1);
    const gateways = await Promise.all(Array.from({ length: GATEWAYS }, () => stage.gateway({ channels, url })));
    await Promise.all(gateways.map((gateway) => gateway.camerasOnline()));
    const rows: Row[] = [];
    for (const ms of cutsMs) {
      await delay(linkUpMs);
      const samples = await outage(relay, gateways, ms);
      const { most } = ms <= BUDGETS.short.upToMs ? BUDGETS.short : BUDGETS.long;
      const name = `link cut for ${ms / 1000} s and restored, to first Keepalive`;
      rows.push(medianRow({ name, unit: 'ms', samples, budget: { most } }));
    }
    await Promise.all(gateways.map((gateway) => stage.stop(gateway)));
    return rows;
  } finally {
    await relay.cut();
  }
}

/** From the moment at which the platform can be reached again to each gateway's first Keepalive, in ms. */
async function outage(relay: Relay, gateways: readonly MeasuredGateway[], ms: number): Promise<number[]> {
  await relay.cut();
  await delay(ms);
  const before = gateways.map(({ report }) => report?.keepalives ?? 0);
  const sinceMs = await relay.restore();
  const seen = gateways.map((gateway, index) =>
    gateway.moment(() => (gateway.report?.keepalives ?? 0) > (before[index] ?? 0)),
  );
  return (await Promise.all(seen)).map((atMs) => atMs - sinceMs);
}
