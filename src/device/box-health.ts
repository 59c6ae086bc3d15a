import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem, loadavg, networkInterfaces, totalmem, uptime } from 'node:os';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import type { Runnable } from '../runtime/supervise.ts';
import { type Complaint, readComplaints, readTemperature } from './board-sensors.ts';

/** How the box is at one moment. */
export interface BoxReading {
  /** Over 1, 5 and 15 minutes. */
  readonly load: readonly [number, number, number];
  readonly cores: number;
  /** Of this process, of one core, since the reading before. */
  readonly cpuPercent: number;
  readonly memory: { readonly processBytes: number; readonly freeBytes: number; readonly totalBytes: number };
  readonly network: ReadonlyArray<{ readonly name: string; readonly addresses: readonly string[] }>;
  /** Of the processor, in °C; undefined where no sensor tells. */
  readonly temperature: number | undefined;
  /** What a Raspberry Pi complains of; undefined on other boards. */
  readonly throttled: readonly Complaint[] | undefined;
  /** Where the state directory is; undefined where it cannot be asked. */
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | undefined;
  readonly uptimeSeconds: number;
}

export interface BoxHealthParts {
  readonly stateDirectory: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where the kernel tells of the board; another place for tests. */
  readonly sys?: string;
}

const EVERY_MS = 10_000;
const WEAK_SUPPLY: Complaint = 'under-voltage';

/** Reads how the box is, every ten seconds. */
export class BoxHealth implements Runnable {
  readonly #parts: BoxHealthParts;
  #reading: BoxReading | undefined;
  #before: { readonly cpuMs: number; readonly at: number } | undefined;
  #supplyWasWeak = false;

  constructor(parts: BoxHealthParts) {
    this.#parts = parts;
  }

  /** The newest; undefined before the first. */
  get reading(): BoxReading | undefined {
    return this.#reading;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.read();
      await this.#parts.clock.sleep(EVERY_MS, signal);
    }
  }

  /** One reading, now. */
  async read(): Promise<BoxReading> {
    const { stateDirectory, sys = '/sys' } = this.#parts;
    const [one = 0, five = 0, fifteen = 0] = loadavg();
    const reading: BoxReading = {
      load: [one, five, fifteen],
      cores: availableParallelism(),
      cpuPercent: this.#cpuPercent(),
      memory: { processBytes: process.memoryUsage.rss(), freeBytes: freemem(), totalBytes: totalmem() },
      network: interfaces(),
      temperature: await readTemperature(sys),
      throttled: await readComplaints(sys),
      disk: await space(stateDirectory),
      uptimeSeconds: uptime(),
    };
    this.#reading = reading;
    this.#noteSupply(reading);
    return reading;
  }

  #cpuPercent(): number {
    const { user, system } = process.cpuUsage();
    const now = { cpuMs: (user + system) / 1000, at: this.#parts.clock.now() };
    const before = this.#before;
    this.#before = now;
    if (!before || now.at <= before.at) return 0;
    return Math.round((1000 * (now.cpuMs - before.cpuMs)) / (now.at - before.at)) / 10;
  }

  /** Too little voltage makes USB, network and memory card fail in ways that look like anything but it. */
  #noteSupply({ throttled = [] }: BoxReading): void {
    const weak = throttled.includes(WEAK_SUPPLY);
    if (weak && !this.#supplyWasWeak) this.#parts.log.warn('the power supply of this box is too weak');
    this.#supplyWasWeak ||= weak;
  }
}

function interfaces(): BoxReading['network'] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) => {
    const outward = addresses.filter(({ internal }) => !internal);
    return outward.length === 0 ? [] : [{ name, addresses: outward.map(({ address }) => address) }];
  });
}

async function space(directory: string): Promise<BoxReading['disk']> {
  try {
    const { bsize, bavail, blocks } = await statfs(directory);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    // That the directory is missing is told by the self-check.
    return undefined;
  }
}
