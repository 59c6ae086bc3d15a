import { isKind } from '../runtime/errors.ts';
import { RULES } from '../simulator/ovc/conformance/rules.ts';
import type { RuleReport, TourReport } from '../simulator/ovc/conformance/tour-report.ts';
import type { OvcSimulator } from '../simulator/ovc/ovc-simulator.ts';
import { EXIT, type ExitCode, type Invocation, type Surroundings, textOption, UsageError } from './command-line.ts';

const WORDS: Readonly<Record<RuleReport['outcome'], string>> = {
  pass: 'pass',
  fail: 'FAIL',
  absent: 'n/a',
  waiting: '',
  running: '',
};
/** The longest that a timer takes. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;
const CAMERA_MS = 20_000;
const NAME_WIDTH = Math.max(...RULES.map(({ id }) => id.length));
const SECTION_WIDTH = Math.max(...RULES.map(({ section }) => section.length));

/**
 * Waits for the first device to log in, plays the conformance tour against it, a line for each rule, and ends: done
 * when it broke none, failed when it did or was not tried on all.
 */
export async function conform(
  ovc: OvcSimulator,
  values: Invocation['values'],
  { signal, print }: Pick<Surroundings, 'signal' | 'print'>,
): Promise<ExitCode> {
  const only = rulesOption(values);
  // A signal ends the platform, and with it whatever is waited for.
  const closing = ovc.run(signal);
  try {
    print('waiting for a device …');
    const code = await firstDevice(ovc);
    const told = { tried: (rule: RuleReport) => print(line(rule)), ...(only && { only }) };
    const report = await ovc.tours.begin(code, { quick: values.quick === true, ...told });
    print(summary(report));
    return conforms(report) ? EXIT.done : EXIT.failed;
  } catch (err) {
    if (!signal.aborted) throw err;
    return EXIT.failed;
  } finally {
    await ovc.close();
    if (signal.aborted) await closing;
  }
}

/** The rules to play, all when none are named. @throws UsageError for one that there is not */
export function rulesOption(values: Invocation['values']): readonly string[] | undefined {
  const only = textOption(values, 'rules')?.split(',');
  const unknown = only?.filter((id) => !RULES.some((rule) => rule.id === id)) ?? [];
  if (unknown.length === 0) return only;
  throw new UsageError(`no such rule: ${unknown.join(', ')}; there are: ${RULES.map(({ id }) => id).join(', ')}`);
}

/** One that has told its channels; those are given a while to find their cameras. */
async function firstDevice(ovc: OvcSimulator): Promise<string> {
  const [code, device] = await ovc.waitFor(
    () => [...ovc.devices].find(([, { report }]) => report.connected && report.keepalives > 0),
    { timeoutMs: LONGEST_WAIT_MS },
  );
  const online = (): boolean => device.report.channels.some(({ state }) => state > 0);
  if (device.report.channels.length > 0) await ovc.waitFor(online, { timeoutMs: CAMERA_MS }).catch(withoutCamera);
  return code;
}

/** Rules that need a picture will tell that they had none. */
function withoutCamera(err: unknown): void {
  if (!isKind(err, 'timed-out')) throw err;
}

function line({ outcome, id, section, saw }: RuleReport): string {
  return `${WORDS[outcome].padEnd(4)}  ${id.padEnd(NAME_WIDTH)}  §${section.padEnd(SECTION_WIDTH)}  ${saw}`;
}

function conforms({ rules }: TourReport): boolean {
  return rules.every(({ outcome }) => outcome === 'pass' || outcome === 'absent');
}

function summary({ device, rules }: TourReport): string {
  const count = (outcome: RuleReport['outcome']): number => rules.filter((rule) => rule.outcome === outcome).length;
  return `${device}: ${count('pass')} passed, ${count('fail')} failed, ${count('absent')} not applicable`;
}
