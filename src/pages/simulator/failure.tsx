import { Notice } from '../kit/parts/badge.tsx';
import type { Calling } from '../kit/parts/use-call.ts';

/** Why a call did not do what it should. */
export function Failure({ call: { failure } }: { call: Pick<Calling<unknown>, 'failure'> }) {
  return failure ? <Notice tone="bad" title={failure.message} /> : null;
}
