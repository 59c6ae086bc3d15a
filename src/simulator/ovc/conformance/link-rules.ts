import type { LinkFaultsPatch } from '../faults.ts';
import type { Entry } from '../packet-book.ts';
import { absent, fail, judged, pass, type Rule, type Verdict } from './rule.ts';
import { BACK_MS, isFarewell, isLogin, KEEPALIVE_MS, type Trial } from './trial.ts';

/** Login, keepalive, and how a device behaves when the link does not (sections 1 to 3). */

const FIRST_KEEPALIVE_MS = 3_000;
const CLOSE_MS = 5_000;
/** An end waits 20 s for an answer; a little less or more is the way of timers and networks. */
const TIME_OUT = { earliestMs: 18_000, latestMs: 25_000 };
const HELD_MS = 8_000;
const WATCHED_MS = 19_000;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** The device is to close the link after what `provoke` does, and to be back before it counts as offline. */
async function closesAndReturns(trial: Trial, provoke: () => void): Promise<Verdict> {
  const before = trial.now;
  const sinceMs = trial.platform.clock.now();
  provoke();
  const verdict = closedByDevice(await closing(trial, before, CLOSE_MS), sinceMs);
  if (verdict.outcome === 'pass') await trial.connected();
  return verdict;
}

const closing = (trial: Trial, after: number, withinMs: number): Promise<Entry> =>
  trial.until('the device closes the link', withinMs, () => trial.packets(after).find(isFarewell));

/** A platform that closes the link first does so because of what the device sent instead. */
function closedByDevice({ text, clockMs }: Entry, sinceMs: number): Verdict {
  const saw = `${text}, after ${seconds(clockMs - sinceMs)}`;
  return text.startsWith('the platform') ? fail(saw) : pass(saw);
}

async function reconnects(trial: Trial): Promise<Verdict> {
  const before = trial.now;
  const { offlines } = trial.report;
  const sinceMs = trial.platform.clock.now();
  trial.device.cut();
  const login = await trial.until('a login', BACK_MS, () => trial.packets(before).find(isLogin));
  await trial.connected();
  const back = `logged in again after ${seconds(login.clockMs - sinceMs)}`;
  return trial.report.offlines > offlines ? fail(`${back}, but was offline meanwhile`) : pass(back);
}

async function firstKeepalive(trial: Trial): Promise<Verdict> {
  const login = trial.device.packets.findLast(isLogin);
  if (!login) return absent('the login is no longer in the record');
  const [first] = trial.requests('Keepalive', login.number);
  if (!first) return fail('no Keepalive since the login');
  const ms = first.clockMs - login.clockMs;
  return judged(
    ms > FIRST_KEEPALIVE_MS ? [`the first came ${seconds(ms)} after the login`] : [],
    `after ${seconds(ms)}`,
  );
}

async function keepalivePeriod(trial: Trial): Promise<Verdict> {
  const login = trial.device.packets.findLast(isLogin)?.number ?? 0;
  const times = (): number[] => trial.requests('Keepalive', login).map(({ clockMs }) => clockMs);
  const span = (): number => (times().at(-1) ?? 0) - (times()[0] ?? 0);
  const what = 'Keepalives over more than 20 s';
  await trial.until(what, KEEPALIVE_MS * 3, () => times().length > 2 && span() > WATCHED_MS);
  const all = times();
  const longest = Math.max(...all.slice(1).map((ms, index) => ms - (all[index] ?? ms)));
  const saw = `longest pause ${seconds(longest)} between ${all.length} Keepalives`;
  return longest > KEEPALIVE_MS ? fail(saw) : pass(saw);
}

async function keepaliveContent(trial: Trial): Promise<Verdict> {
  const said = await trial.until('a Keepalive', KEEPALIVE_MS, () => trial.requests('Keepalive').at(-1));
  const numbers = trial.report.channels.map(({ channel }) => channel);
  const twice = numbers.filter((number, index) => numbers.indexOf(number) !== index);
  const wrong = said.faults.filter((fault) => fault.startsWith('params of'));
  const faults = [...wrong, ...twice.map((number) => `channel ${number} is there twice`)];
  return judged(faults, `state ${trial.report.state}, channels ${numbers.join(', ') || 'none'}`);
}

/** Waits for a Keepalive that the platform treats as the patch says, and gives what came after it. */
function afterKeepalive(
  trial: Trial,
  patch: LinkFaultsPatch,
  then: (asked: Entry) => Promise<Verdict>,
): Promise<Verdict> {
  return trial.while(patch, async () => {
    const before = trial.now;
    return then(await trial.until('a Keepalive', KEEPALIVE_MS, () => trial.requests('Keepalive', before)[0]));
  });
}

const closesWhenUnanswered = (trial: Trial): Promise<Verdict> =>
  afterKeepalive(trial, { silent: true }, async (asked) => {
    const end = await closing(trial, asked.number, TIME_OUT.latestMs);
    const verdict = closedByDevice(end, asked.clockMs);
    return end.clockMs - asked.clockMs < TIME_OUT.earliestMs ? fail(verdict.saw) : verdict;
  });

const closesWhenForeign = (trial: Trial): Promise<Verdict> =>
  afterKeepalive(trial, { wrongSeq: true }, async (asked) =>
    closedByDevice(await closing(trial, asked.number, CLOSE_MS), asked.clockMs),
  );

const answersBesideItsOwn = (trial: Trial): Promise<Verdict> =>
  afterKeepalive(trial, { answerDelayMs: HELD_MS }, async (asked) => {
    const { ms } = await trial.ask('QueryTime');
    const answered = trial.packets(asked.number).some(({ answers }) => answers === asked.number);
    return answered
      ? fail(`answered after ${ms} ms, when its own Keepalive had been`)
      : pass(`answered after ${ms} ms`);
  });

/** In the order in which they are tried. */
export const LINK_RULES: readonly Rule[] = [
  {
    id: 'login-models',
    section: '1',
    says: 'The login tells hardware and firmware model',
    tried: 'looked up in the login',
    run: async ({ report: { models } }) =>
      judged(
        [...(models?.hardware ? [] : ['no hardware_model']), ...(models?.firmware ? [] : ['no firmware_model'])],
        `${models?.hardware}, ${models?.firmware}`,
      ),
  },
  {
    id: 'reconnects',
    section: '1',
    says: 'A link that breaks is up again before the device counts as offline (30 s)',
    tried: 'the connection is cut off',
    slow: true,
    run: reconnects,
  },
  {
    id: 'keepalive-first',
    section: '3 Keepalive',
    says: 'The first Keepalive follows the login at once',
    tried: 'the time between the last login and the Keepalive after it; 3 s at most',
    run: firstKeepalive,
  },
  {
    id: 'keepalive-content',
    section: '3 Keepalive',
    says: 'Keepalive tells the state of the device and of each channel, in the numbers of the contract',
    tried: 'the latest one is checked',
    run: keepaliveContent,
  },
  {
    id: 'keepalive-period',
    section: '3 Keepalive',
    says: 'Keepalive comes every 10 s',
    tried: 'they are watched for 20 s; no pause may be longer than 12 s',
    slow: true,
    run: keepalivePeriod,
  },
  {
    id: 'directions',
    section: '2',
    says: 'Answers do not wait for requests of the other direction',
    tried: 'QueryTime is asked while a Keepalive waits for its answer',
    slow: true,
    run: answersBesideItsOwn,
  },
  {
    id: 'malformed-json',
    section: '2',
    says: 'A packet that is no JSON closes the link',
    tried: 'half an object is sent',
    slow: true,
    run: (trial) => closesAndReturns(trial, () => void trial.device.say('{"req":"QueryTime",')),
  },
  {
    id: 'malformed-kind',
    section: '2',
    says: 'A packet without req, event, resp and err closes the link',
    tried: 'an object with nothing but a seq is sent',
    slow: true,
    run: (trial) => closesAndReturns(trial, () => void trial.device.say('{"seq":1}')),
  },
  {
    id: 'malformed-binary',
    section: '2',
    says: 'A message that is not text closes the link',
    tried: 'a binary message is sent',
    slow: true,
    run: (trial) => closesAndReturns(trial, () => void trial.device.sayBytes(Buffer.from('{"event":"RebootNothing"}'))),
  },
  {
    id: 'foreign-seq',
    section: '2',
    says: 'An answer with another seq than the one expected closes the link',
    tried: 'a Keepalive is answered with a seq that nobody asked with',
    slow: true,
    run: closesWhenForeign,
  },
  {
    id: 'time-out',
    section: '2',
    says: 'A request without an answer for 20 s closes the link',
    tried: 'nothing is answered any more; 18 to 25 s count as 20',
    slow: true,
    run: closesWhenUnanswered,
  },
];
