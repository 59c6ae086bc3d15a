import { pino } from 'pino';
import { Spool } from '../../src/recording/spool.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { segmentOf } from './segments.ts';

/** A program that puts segment after segment on disk and says of each that it is safe, until it is killed. */
const [directory = ''] = process.argv.slice(2);
const log = pino({ level: 'silent' });
const spool = new Spool({ directory, maxBytes: 1e9, maxAgeMs: 1e9, clock: systemClock, log });

async function write(): Promise<never> {
  for (let number = 1; ; number++) {
    await spool.keep('session', segmentOf(number, 300_000), () => undefined);
    process.stdout.write(`${number}\n`);
  }
}

void write();
