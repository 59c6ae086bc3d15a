import type { CallFailed } from '../../kit/net/client.ts';
import { Notice } from '../../kit/parts/badge.tsx';
import { faultsOf, useFailureWords, useFaultWords } from '../words/failure-words.ts';
import { useLabelOf } from './key-words.ts';
import { isBelow } from './schema.ts';

interface RefusalNoticeProps {
  readonly failure: CallFailed | undefined;
  /** Paths whose fields say themselves what is wrong with them. */
  readonly marked?: readonly string[];
}

/** Why something was not saved, and each value that was refused. */
export function RefusalNotice({ failure, marked = [] }: RefusalNoticeProps) {
  const failureWords = useFailureWords();
  const faultWords = useFaultWords();
  const labelOf = useLabelOf();
  if (!failure) return null;
  const faults = [...faultsOf(failure)].filter(([path]) => !marked.some((one) => isBelow(path, one)));
  return (
    <Notice tone="bad" title={failureWords(failure)}>
      {faults.map(([path, fault]) => (
        <p key={path}>{[labelOf(path), faultWords(fault)].filter(Boolean).join(': ')}</p>
      ))}
    </Notice>
  );
}
