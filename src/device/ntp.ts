import { access } from 'node:fs/promises';
import { runProgram } from '../runtime/program.ts';

/** systemd-timesyncd makes it at its first answer from a server since the boot. */
const TIMESYNCD_FILE = '/run/systemd/timesync/synchronized';

/** One way to find out whether a time server keeps the clock; throws where it cannot tell. */
type Way = (signal: AbortSignal) => Promise<boolean>;

const WAYS: readonly Way[] = [
  async () => {
    await access(TIMESYNCD_FILE);
    return true;
  },
  // The kernel's own word (adjtimex), whichever program talks to the servers; needs D-Bus.
  async (signal) => {
    const word = await runProgram(['timedatectl', 'show', '--property=NTPSynchronized', '--value'], signal);
    return word.trim() === 'yes';
  },
  async (signal) => /^Leap status\s*: (?!Not)/m.test(await runProgram(['chronyc', '-n', 'tracking'], signal)),
];

/** Whether the clock of the box is kept by a time server at present, as far as anything tells. */
export async function ntpSynchronised(signal: AbortSignal): Promise<boolean> {
  for (const way of WAYS) if (await way(signal).catch(() => false)) return true;
  return false;
}
