import { pino } from 'pino';
import { systemClock } from '../../src/runtime/clock.ts';
import { Store } from '../../src/store/store.ts';
import { rememberedRecording } from './remembered.ts';

/** A program that changes its state and says of each change that it is safe, until it is killed or the disk is full. */
const [directory = ''] = process.argv.slice(2);
const store = await Store.open({ directory, clock: systemClock, log: pino({ level: 'silent' }) });

for (let number = 1; ; number++) {
  store.remember(`r${number}`, rememberedRecording(number));
  await store.flush();
  if (!store.writable) break;
  process.stdout.write(`${number}\n`);
}
