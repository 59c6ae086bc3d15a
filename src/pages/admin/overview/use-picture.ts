import { useEffect, useState } from 'preact/hooks';

const EVERY_MS = 5_000;

/** Gives the address of the newest picture, once there is one; asks for newer ones as long as it is `fresh` and seen. */
export function usePicture(path: string, fresh: boolean): string | undefined {
  const [seen, setSeen] = useState<string | undefined>(undefined);
  useEffect(() => {
    const life = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      const picture = await ask(path, life.signal);
      if (life.signal.aborted) return;
      if (picture) setSeen(URL.createObjectURL(picture));
      // One after the other: a slow camera is never asked twice at once.
      if (fresh) timer = setTimeout(() => void look(), EVERY_MS);
    };
    void look();
    return () => {
      life.abort();
      clearTimeout(timer);
    };
  }, [path, fresh]);
  useEffect(() => () => (seen === undefined ? undefined : URL.revokeObjectURL(seen)), [seen]);
  return seen;
}

/** Undefined when there is none now, or nobody looks; the next one will come or not. */
async function ask(path: string, signal: AbortSignal): Promise<Blob | undefined> {
  if (document.visibilityState !== 'visible') return undefined;
  try {
    const answer = await fetch(path, { signal, credentials: 'same-origin' });
    return answer.ok ? await answer.blob() : undefined;
  } catch {
    return undefined;
  }
}
