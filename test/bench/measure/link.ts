import { setTimeout as delay } from 'node:timers/promises';
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

/** A connection that ends sooner than two seconds after its opening counts as a refused login, not as a cut. */
const HOLD_MS = 2_500;

/** How long the platform cannot be reached. The budget is for a cut; an outage costs the pause that it has grown. */
const OUTAGES: ReadonlyArray<{ readonly ms: number; readonly budget?: { readonly most: number } }> = [
  { ms: 200, budget: { most: 1_500 } },
  { ms: 5_000, budget: { most: 15_000 } },
];

export async function linkRestored(stage: Stage, { repeats }: BenchOptions): Promise<Row[]> {
  const relay = await Relay.listen(Number(new URL(stage.ovc.url).port));
  try {
    const url = `ws://127.0.0.1:${relay.port}/ovc`;
    const gateway = await stage.gateway({ channels: await stage.onvifChannels(), url });
    await gateway.camerasOnline();
    const rows: Row[] = [];
    for (const { ms, ...budget } of OUTAGES) {
      const samples: number[] = [];
      for (let run = 0; run < repeats; run++) {
        await delay(HOLD_MS);
        await relay.cut();
        await delay(ms);
        const before = gateway.report?.keepalives ?? 0;
        const sinceMs = await relay.restore();
        samples.push((await gateway.moment(() => (gateway.report?.keepalives ?? 0) > before)) - sinceMs);
      }
      const name = `link cut for ${ms / 1000} s and restored, to first Keepalive`;
      rows.push(medianRow({ name, unit: 'ms', samples, ...budget }));
    }
    await stage.stop(gateway);
    return rows;
  } finally {
    await relay.cut();
  }
}
