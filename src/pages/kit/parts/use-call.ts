import { useCallback, useState } from 'preact/hooks';
import { CallFailed } from '../net/client.ts';

export interface Calling<T> {
  readonly busy: boolean;
  readonly failure: CallFailed | undefined;
  /** Makes the call; gives its answer, or undefined when it failed. */
  readonly start: (call: () => Promise<T>) => Promise<T | undefined>;
  readonly forget: () => void;
}

/** One call at a time that a button makes: whether it is under way, and how it failed. */
export function useCall<T>(): Calling<T> {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<CallFailed | undefined>(undefined);
  const start = useCallback(async (call: () => Promise<T>): Promise<T | undefined> => {
    setBusy(true);
    setFailure(undefined);
    try {
      return await call();
    } catch (err) {
      setFailure(err instanceof CallFailed ? err : new CallFailed('failed', String(err)));
      return undefined;
    } finally {
      setBusy(false);
    }
  }, []);
  const forget = useCallback(() => setFailure(undefined), []);
  return { busy, failure, start, forget };
}
