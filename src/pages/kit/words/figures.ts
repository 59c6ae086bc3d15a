import { useEffect, useState } from 'preact/hooks';
import { useKitWords } from './texts.ts';
import { useSpeech } from './use-words.ts';

const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];
const RATE_UNITS = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s'];

function scaled(value: number, { step, units }: { step: number; units: readonly string[] }): string {
  const place = value < 1 ? 0 : Math.min(Math.floor(Math.log(value) / Math.log(step)), units.length - 1);
  const shown = value / step ** place;
  return `${shown >= 100 || place === 0 ? Math.round(shown) : shown.toFixed(1)} ${units[place]}`;
}

export const bytes = (value: number): string => scaled(value, { step: 1024, units: BYTE_UNITS });
export const bitRate = (value: number): string => scaled(value, { step: 1000, units: RATE_UNITS });
export const percent = (value: number): string => `${Math.round(value)} %`;

const SPANS: ReadonlyArray<readonly [unit: Intl.RelativeTimeFormatUnit, ms: number]> = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** The time now, anew at every tick. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

export interface Times {
  /** `3 minutes ago`, `in 5 seconds`, in the person's words. */
  readonly relative: (atMs: number, nowMs: number) => string;
  /** `14:03:22`. */
  readonly clock: (atMs: number) => string;
  /** `Mon 3 Feb, 14:03`. */
  readonly date: (atMs: number) => string;
  /** `3 hours`, `12 seconds`: the largest whole unit. */
  readonly span: (ms: number) => string;
}

export function useTimes(): Times {
  const words = useKitWords();
  const { tag } = useSpeech();
  const relativeFormat = new Intl.RelativeTimeFormat(tag, { numeric: 'always' });
  const clockFormat = new Intl.DateTimeFormat(tag, { timeStyle: 'medium', hourCycle: 'h23' });
  const dateFormat = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' });
  const largest = (ms: number) => SPANS.find(([, size]) => Math.abs(ms) >= size) ?? (['second', 1_000] as const);
  return {
    relative: (atMs, nowMs) => {
      const [unit, size] = largest(atMs - nowMs);
      const whole = Math.trunc((atMs - nowMs) / size);
      return whole === 0 ? words('just-now') : relativeFormat.format(whole, unit);
    },
    clock: (atMs) => clockFormat.format(atMs),
    date: (atMs) => dateFormat.format(atMs),
    span: (ms) => {
      const [unit, size] = largest(ms);
      return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.floor(ms / size));
    },
  };
}
