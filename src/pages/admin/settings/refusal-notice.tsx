import type { CallFailed } from '../../kit/net/client.ts';
import { Notice } from '../../kit/parts/badge.tsx';
import { faultsOf, useFailureWords, useFaultWords } from '../words/failure-words.ts';
import { useLabelOf } from './key-words.ts';

interface RefusalNoticeProps {
  readonly failure: CallFailed | undefined;
  /** Paths whose fields say themselves what is wrong with them. */
  readonly marked?: ReadonlySet<string>;
}

/** Why something was not saved, and each value that was refused. */
export function RefusalNotice({ failure, marked = new Set() }: RefusalNoticeProps) {
  const failureWords = useFailureWords();
  const faultWords = useFaultWords();
  const labelOf = useLabelOf();
  if (!failure) return null;
  const faults = [...faultsOf(failure)].filter(([path]) => !marked.has(path));
  return (
    <Notice tone="bad" title={failureWords(failure)}>
      {faults.map(([path, fault]) => (
        <p key={path}>{[labelOf(path), faultWords(fault)].filter(Boolean).join(': ')}</p>
      ))}
    </Notice>
  );
}
