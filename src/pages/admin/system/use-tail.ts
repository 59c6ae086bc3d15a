import { useEffect, useState } from 'preact/hooks';
import type { LogLine, Packet, ServerEvents } from '../../../admin/api.ts';
import { useLoaded } from '../../kit/parts/use-loaded.ts';
import { useSite } from '../site.ts';

interface Tailed {
  readonly log: LogLine;
  readonly packet: Packet;
}

interface TailParts<Name extends keyof Tailed> {
  readonly name: Name;
  /** Which route has what was before. */
  readonly path: string;
  readonly wanted: (entry: Tailed[Name]) => boolean;
}

const KEPT = 300;

/** What was, and what comes since, newest first. */
export function useTail<Name extends keyof Tailed>({ name, path, wanted }: TailParts<Name>) {
  const site = useSite();
  const { value, failure } = useLoaded(() => site.client.get<Array<Tailed[Name]>>(path), path);
  const [news, setNews] = useState<ReadonlyArray<Tailed[Name]>>([]);
  useEffect(() => {
    const take = (entry: ServerEvents[Name] & Tailed[Name]): void => {
      setNews((before) => [...before.slice(1 - KEPT), entry]);
    };
    return site.listen(name, take);
  }, [site, name]);
  const all = new Map([...(value ?? []), ...news].filter(wanted).map((entry) => [entry.id, entry]));
  const entries = [...all.values()].sort((a, b) => b.id - a.id).slice(0, KEPT);
  return { entries, failure };
}
