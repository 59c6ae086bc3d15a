import type { ErrorKind } from '../../../admin/api.ts';
import type { CallFailed } from '../../kit/net/client.ts';
import { useKitWords } from '../../kit/words/texts.ts';
import { useFailureTexts } from './failure-texts.ts';

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

/** The faults of a refused change, by the path they belong to. */
export function faultsOf(failure: CallFailed | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const body = failure?.body;
  // The shape of an error is that of `errorAnswer`; anything else has no faults.
  const { error } = (body ?? {}) as { error?: { fields?: { faults?: unknown } } };
  const faults = error?.fields?.faults;
  if (!Array.isArray(faults)) return found;
  for (const fault of faults as Array<{ path?: unknown; message?: unknown }>) {
    if (typeof fault.path === 'string' && typeof fault.message === 'string') found.set(fault.path, fault.message);
  }
  return found;
}
