import { REQUESTS, type Request, type RequestParams } from '../../ovc/protocol.ts';
import { type ErrorAnswer, type Fields, firstFault } from './packet.ts';

/** What an end answers: a result, or an error with its number. */
export type Answer = { readonly resp: unknown } | { readonly err: ErrorAnswer };

/** The platform's answers to what a device may ask, one row each. */
export type Answers = { readonly [R in Request]: (params: RequestParams<R>, code: string) => Answer };

/** A platform that accepts everything and offers nothing. */
export const DEFAULT_ANSWERS: Answers = {
  Keepalive: () => ({ resp: {} }),
  GetServerInfo: () => ({ resp: {} }),
  Bind: () => ({ resp: {} }),
  AlarmNotify: () => ({ resp: { pic_upload_url: '' } }),
};

export interface Verdict {
  readonly answer: Answer;
  /** What was wrong with the request. */
  readonly faults: readonly string[];
}

const isRequest = (name: string): name is Request => Object.hasOwn(REQUESTS, name);

/** Checks a device's request against the contract and looks its answer up. */
export function judge(answers: Answers, code: string, { name, params }: { name: string; params: Fields }): Verdict {
  if (!isRequest(name)) return { answer: refusal(101, 'method not supported'), faults: ['no such method'] };
  return answerTo(answers, name, { params, code });
}

function answerTo<R extends Request>(
  answers: Answers,
  name: R,
  { params, code }: { params: Fields; code: string },
): Verdict {
  const checked = REQUESTS[name].params.safeParse(params);
  if (!checked.success) {
    const fault = `params of ${name}: ${firstFault(checked.error)}`;
    return { answer: refusal(12, fault), faults: [fault] };
  }
  return { answer: answers[name](checked.data, code), faults: [] };
}

function refusal(code: number, msg: string): Answer {
  return { err: { code, msg } };
}
