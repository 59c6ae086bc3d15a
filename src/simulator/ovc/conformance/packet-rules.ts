import type { TimedAnswer } from '../conversation.ts';
import type { Entry } from '../packet-book.ts';
import { absent, fail, judged, pass, type Rule, type Verdict } from './rule.ts';
import type { Trial } from './trial.ts';

/** Requests, answers and events (section 2), and the methods that need no camera's picture (section 4). */

const NOBODYS_CHANNEL = 9_999;
const NOT_SUPPORTED = 101;
const AT_ONCE = 20;
export const NO_CHANNEL = 'no channel is online';

export const said = (answer: TimedAnswer): string => {
  const words = 'err' in answer ? `err ${answer.err.code} ${answer.err.msg}` : JSON.stringify(answer.resp);
  return `${words.slice(0, 200)} after ${answer.ms} ms`;
};

/** The answer must be this error. */
function refusedWith(code: number, answer: TimedAnswer): Verdict {
  return 'err' in answer && answer.err.code === code ? pass(said(answer)) : fail(said(answer));
}

/** Judges a good answer; a device need not know every method, and none helps where there is no such thing. */
export function answered(answer: TimedAnswer, judge: (resp: unknown) => readonly string[]): Verdict {
  if ('err' in answer) return answer.err.code === NOT_SUPPORTED ? absent(said(answer)) : fail(said(answer));
  return judged(judge(answer.resp), said(answer));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

async function inOrder(trial: Trial): Promise<Verdict> {
  // The platform closes the link when an answer comes out of turn.
  const asked = Array.from({ length: AT_ONCE }, (_, index) =>
    index % 2 === 0 ? trial.ask('QueryTime') : trial.ask(`NoSuchMethod${index}`),
  );
  const times = (await Promise.all(asked)).map(({ ms }) => ms);
  return pass(`${AT_ONCE} answers in order, the last after ${Math.max(...times)} ms`);
}

/** After an event the device must be as it was, and have answered nothing. */
async function quietAfter(trial: Trial, tell: () => void): Promise<Verdict> {
  const before = trial.now;
  tell();
  const next = await trial.ask('NoSuchMethod');
  const wrong = trial.packets(before).flatMap((entry) => breaches(entry, /^answers /));
  return judged(wrong, `no answer; the next request was answered after ${next.ms} ms`);
}

function timeFaults(resp: unknown): string[] {
  const datetime = isObject(resp) ? resp['datetime'] : undefined;
  const fits = typeof datetime === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(datetime);
  return fits ? [] : ['datetime is not yyyy-MM-ddTHH:mm:ss'];
}

async function syncTime(trial: Trial): Promise<Verdict> {
  const now = await trial.ask('QueryTime');
  const datetime = 'resp' in now && isObject(now.resp) ? now.resp['datetime'] : undefined;
  if (typeof datetime !== 'string') return absent('QueryTime tells no time to set');
  return answered(await trial.ask('SyncTime', { datetime, offset: 86_400 }), () => []);
}

function presetFaults(resp: unknown): string[] {
  if (!Array.isArray(resp)) return ['the answer is not a list'];
  const wrong = resp.filter((preset) => !isObject(preset) || !isPresetId(preset['id']));
  return wrong.map((preset) => `${JSON.stringify(preset)} has no id of 0 to 255`);
}

const isPresetId = (id: unknown): boolean => typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= 255;

async function presets(trial: Trial): Promise<Verdict> {
  if (trial.channel === undefined) return absent(NO_CHANNEL);
  const answer = await trial.ask('GetPTZPresetList', { channel: trial.channel });
  // A camera that cannot turn has no list, and the contract no number for that.
  return 'err' in answer && answer.err.code === 1 ? absent(said(answer)) : answered(answer, presetFaults);
}

async function netConfig(trial: Trial): Promise<Verdict> {
  if (trial.channel === undefined) return absent(NO_CHANNEL);
  const answer = await trial.ask('GetNetConfig', { channel: trial.channel });
  return answered(answer, (resp) => (isObject(resp) ? [] : ['the answer tells no addresses']));
}

async function snapshot(trial: Trial): Promise<Verdict> {
  const { platform, channel } = trial;
  if (channel === undefined) return absent(NO_CHANNEL);
  const { id, url } = platform.pictures.offer();
  const verdict = answered(await trial.ask('Snapshot', { channel, pic_upload_url: url }), () => []);
  if (verdict.outcome !== 'pass') return verdict;
  const report = await trial.until('the picture', 15_000, () => {
    const seen = platform.pictures.report(id);
    return seen?.bytes !== undefined && seen;
  });
  return judged(report.faults, `${report.method} of ${report.bytes} bytes`);
}

/** In the order in which they are tried. */
export const PACKET_RULES: readonly Rule[] = [
  {
    id: 'unknown-method',
    section: '2',
    says: 'A method that the device does not know is answered with err 101',
    tried: 'NoSuchMethod is asked',
    run: async (trial) => refusedWith(NOT_SUPPORTED, await trial.ask('NoSuchMethod', {})),
  },
  {
    id: 'answer-order',
    section: '2',
    says: 'Requests are answered in the order in which they came, each with its seq',
    tried: `${AT_ONCE} requests are sent at once`,
    run: inOrder,
  },
  {
    id: 'unknown-event',
    section: '2',
    says: 'An event that the device does not know is ignored',
    tried: 'NoSuchEvent is sent, then a request',
    run: (trial) => quietAfter(trial, () => trial.tell('NoSuchEvent', { channel: 0 })),
  },
  {
    id: 'event-unanswered',
    section: '2',
    says: 'An event is never answered',
    tried: 'CtrlPTZ stop is sent as an event, then a request',
    run: (trial) => quietAfter(trial, () => trial.tell('CtrlPTZ', { channel: trial.channel ?? 0, op: 'stop' })),
  },
  {
    id: 'event-bad',
    section: '4 CtrlPTZ',
    says: 'An event with bad values is ignored',
    tried: 'CtrlPTZ with an op that nobody knows, then a request',
    run: (trial) => quietAfter(trial, () => trial.tell('CtrlPTZ', { channel: trial.channel ?? 0, op: 'sideways' })),
  },
  {
    id: 'extra-fields',
    section: '2',
    says: 'Fields that the contract does not name are ignored',
    tried: 'QueryTime is asked with a parameter that nobody knows',
    run: async (trial) => answered(await trial.ask('QueryTime', { nobody_knows_this: 1 }), timeFaults),
  },
  {
    id: 'unknown-channel',
    section: '2',
    says: 'A channel that the device does not have is answered with err 102',
    tried: `RTMPPublish for channel ${NOBODYS_CHANNEL}`,
    run: async (trial) => {
      const url = 'rtmp://127.0.0.1:1/live/nobody';
      const params = { channel: NOBODYS_CHANNEL, url, stream_id: 'tour-nobody', max_bitrate: 0 };
      return refusedWith(102, await trial.ask('RTMPPublish', params));
    },
  },
  {
    id: 'bad-parameter',
    section: '2',
    says: 'Bad parameters of a known method are answered with err 12',
    tried: 'RTMPPublish without url',
    run: async (trial) =>
      refusedWith(12, await trial.ask('RTMPPublish', { channel: trial.channel ?? 0, stream_id: 's', max_bitrate: 0 })),
  },
  {
    id: 'query-time',
    section: '4 QueryTime',
    says: 'QueryTime tells the local time without a zone',
    tried: 'it is asked without params',
    run: async (trial) => answered(await trial.ask('QueryTime'), timeFaults),
  },
  {
    id: 'sync-time',
    section: '4 SyncTime',
    says: 'SyncTime is answered; nothing changes when the clock is within offset',
    tried: 'the device is told its own time, with an offset of a day',
    run: syncTime,
  },
  {
    id: 'preset-list',
    section: '4 GetPTZPresetList',
    says: 'Presets are a list of ids of 0 to 255',
    tried: 'the list is asked for',
    run: presets,
  },
  {
    id: 'net-config',
    section: '5 GetNetConfig',
    says: 'GetNetConfig tells the addresses of a channel',
    tried: 'it is asked',
    run: netConfig,
  },
  {
    id: 'snapshot',
    section: '5 Snapshot',
    says: 'Snapshot uploads a fresh JPEG to the address',
    tried: 'it is asked with an address of the simulator',
    run: snapshot,
  },
];

/** What a device did in all that passed; the words are those that the record has beside a packet. */
const HABITS: ReadonlyArray<Pick<Rule, 'id' | 'section' | 'says'> & { readonly wrong: RegExp }> = [
  {
    id: 'packets-sound',
    section: '2',
    says: 'Every packet of the device is a JSON object of one of the four kinds, as text',
    wrong: /^malformed|WebSocket|^Max payload/,
  },
  {
    id: 'seq-counts',
    section: '2',
    says: 'The seq of the device rises by one with each request',
    wrong: /^seq \d+ where/,
  },
  { id: 'answers-asked', section: '2', says: 'Every answer is the one that is due', wrong: /^answers |^no answer to/ },
  {
    id: 'requests-known',
    section: '3',
    says: 'Every request of the device is in the contract, and its parameters fit',
    wrong: /^no such method|^params of|^a device sends no events/,
  },
];

/** Judged last, by what passed meanwhile. */
export const HABIT_RULES: readonly Rule[] = HABITS.map(({ wrong, ...rule }) => ({
  ...rule,
  tried: 'all that passed during the tour',
  run: async (trial) => {
    const heard = trial.packets().filter(({ direction }) => direction !== 'down');
    return judged(
      heard.flatMap((entry) => breaches(entry, wrong)),
      `${heard.length} packets and notes`,
    );
  },
}));

function breaches({ number, faults }: Entry, wrong: RegExp): string[] {
  return faults.filter((fault) => wrong.test(fault)).map((fault) => `packet ${number}: ${fault}`);
}
