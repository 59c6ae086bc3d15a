import type { ErrorKind, Fault } from '../../../admin/api.ts';
import type { CallFailed } from '../../kit/net/client.ts';
import { useKitWords } from '../../kit/words/texts.ts';
import { useFailureTexts } from './failure-texts.ts';
import { useFaultTexts } from './fault-texts.ts';

/** What a person is told of a call that failed: by its kind, never what a machine said. */
export function useFailureWords(): (failure: CallFailed) => string {
  const texts = useFailureTexts();
  const kit = useKitWords();
  return (failure) => {
    if (failure.kind === 'no-answer') return kit('no-answer');
    const seconds = retryAfter(failure.body);
    // A kind that no table has comes from a newer box than this page; the next load brings the newer page.
    return texts.lookUp(failure.kind as ErrorKind, { seconds }) ?? texts('failed');
  };
}

function retryAfter(body: unknown): number {
  if (typeof body !== 'object' || body === null || !('error' in body)) return 0;
  const { error } = body;
  if (typeof error !== 'object' || error === null || !('fields' in error)) return 0;
  const { fields } = error;
  if (typeof fields !== 'object' || fields === null || !('retryAfter' in fields)) return 0;
  return Math.ceil(Number(fields.retryAfter)) || 0;
}

/** What is wrong with one value, in the page's language. */
export function useFaultWords(): (fault: Fault) => string {
  const texts = useFaultTexts();
  // As above; the box's own English is better than nothing.
  return ({ kind, what = '', message }) => texts.lookUp(kind, { what }) ?? message;
}

/** What failed, and where values were refused all that is wrong with them: for where there is room for one sentence. */
export function useRefusalWords(): (failure: CallFailed) => string {
  const failureWords = useFailureWords();
  const faultWords = useFaultWords();
  return (failure) => {
    const faults = [...faultsOf(failure).values()].map(faultWords);
    return [failureWords(failure), ...new Set(faults)].join(' ');
  };
}

/** The faults of a refused change, by the path they belong to. */
export function faultsOf(failure: CallFailed | undefined): ReadonlyMap<string, Fault> {
  // The shape of an error is that of `errorAnswer`; anything else has no faults.
  const { error } = (failure?.body ?? {}) as { error?: { fields?: { faults?: unknown } } };
  const faults = error?.fields?.faults;
  if (!Array.isArray(faults)) return new Map();
  // What refuses a whole request tells no kind, and says nothing to a person.
  return new Map((faults as Fault[]).flatMap((fault) => (fault.kind === undefined ? [] : [[fault.path, fault]])));
}
