import { useCallback, useEffect, useState } from 'preact/hooks';
import { CallFailed } from '../net/client.ts';

export interface Loaded<T> {
  readonly value: T | undefined;
  readonly failure: CallFailed | undefined;
  /** Asks again; what is shown stays until the answer is there. */
  readonly again: () => void;
}

/** What a call gives, asked when the component appears and whenever `key` changes. */
export function useLoaded<T>(load: () => Promise<T>, key: string): Loaded<T> {
  const [value, setValue] = useState<T | undefined>(undefined);
  const [failure, setFailure] = useState<CallFailed | undefined>(undefined);
  const [round, setRound] = useState(0);
  // `load` is new at each render; `key` says when it means something else.
  useEffect(() => {
    let gone = false;
    load().then(
      (loaded) => {
        if (gone) return;
        setValue(() => loaded);
        setFailure(undefined);
      },
      (err: unknown) => {
        if (!gone) setFailure(err instanceof CallFailed ? err : new CallFailed('failed', String(err)));
      },
    );
    return () => {
      gone = true;
    };
  }, [key, round]);
  const again = useCallback(() => setRound((before) => before + 1), []);
  return { value, failure, again };
}
