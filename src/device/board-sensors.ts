import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the board itself tells: how hot it is, and what a Raspberry Pi complains of. Reads files of the kernel only. */

/** The firmware's word, in its order of bits; what has been since the boot stands sixteen bits higher. */
const COMPLAINTS = ['under-voltage', 'frequency-capped', 'throttled', 'temperature-limit'] as const;
export type Complaint = (typeof COMPLAINTS)[number] | `${(typeof COMPLAINTS)[number]}-earlier`;

const SINCE_BOOT_BIT = 16;

/** The complaints in what `get_throttled` says, such as `50005` or `throttled=0x50005`; undefined when it says nothing. */
export function complaintsIn(words: string): Complaint[] | undefined {
  const bits = Number.parseInt(/^\s*(?:throttled=)?(?:0x)?([0-9a-f]{1,8})\s*$/i.exec(words)?.[1] ?? '', 16);
  if (Number.isNaN(bits)) return undefined;
  const has = (bit: number): boolean => Math.floor(bits / 2 ** bit) % 2 === 1;
  const now = COMPLAINTS.filter((_, bit) => has(bit));
  const earlier = COMPLAINTS.filter((_, bit) => has(bit + SINCE_BOOT_BIT) && !has(bit));
  return [...now, ...earlier.map((complaint) => `${complaint}-earlier` as const)];
}

/** Where a Pi's firmware tells it; the second is that of older kernels. */
const THROTTLED_FILES = [
  'devices/platform/soc/soc:firmware/get_throttled',
  'devices/platform/soc/soc:firmware/raspberrypi-hwmon/get_throttled',
];

/** Of the files in `sys` (normally /sys); undefined on a board that tells nothing. */
export async function readComplaints(sys: string): Promise<Complaint[] | undefined> {
  for (const file of THROTTLED_FILES) {
    const found = complaintsIn(await contents(join(sys, file)));
    if (found) return found;
  }
  return lowVoltage(join(sys, 'class/hwmon'));
}

/** Newer kernels tell at least of low voltage, by the driver `rpi_volt`. */
async function lowVoltage(folder: string): Promise<Complaint[] | undefined> {
  for (const device of await listed(folder)) {
    if ((await contents(join(folder, device, 'name'))).trim() !== 'rpi_volt') continue;
    return (await contents(join(folder, device, 'in0_lcrit_alarm'))).trim() === '1' ? ['under-voltage'] : [];
  }
  return undefined;
}

/** The sensors that sit in the processor; other zones are of batteries, wireless cards and drives. */
const PROCESSOR = /cpu|soc|pkg|core|k10temp/i;
const BELIEVABLE = { leastC: -40, mostC: 150 };

/** The processor's temperature in °C, of the hottest sensor; undefined where there is none. */
export async function readTemperature(sys: string): Promise<number | undefined> {
  const folder = join(sys, 'class/thermal');
  const zones = (await listed(folder)).filter((name) => name.startsWith('thermal_zone'));
  const readings = await Promise.all(
    zones.map(async (zone) => ({
      ofProcessor: PROCESSOR.test(await contents(join(folder, zone, 'type'))),
      celsius: Number.parseInt(await contents(join(folder, zone, 'temp')), 10) / 1000,
    })),
  );
  const sound = readings.filter(({ celsius }) => celsius > BELIEVABLE.leastC && celsius < BELIEVABLE.mostC);
  const chosen = sound.some(({ ofProcessor }) => ofProcessor) ? sound.filter(({ ofProcessor }) => ofProcessor) : sound;
  return chosen.length === 0 ? undefined : Math.max(...chosen.map(({ celsius }) => celsius));
}

/** What cannot be read is not there: no board has all of these. */
const contents = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
const listed = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
