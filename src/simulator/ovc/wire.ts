import type { Packet } from './packet.ts';
import type { Entry } from './packet-book.ts';

/** Our values as the HTTP API spells them: snake_case like the protocol. */

type Snake<Key extends string> = Key extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${Snake<Tail>}`
  : Key;

/** What `wireObject` makes of a type. What is undefined is not sent at all. */
export type Wire<T> = T extends readonly (infer Each)[]
  ? readonly Wire<Each>[]
  : T extends object
    ? { readonly [Key in keyof T & string as Snake<Key>]: Wire<T[Key]> }
    : T;

type Json = Readonly<Record<string, unknown>>;

/** An object with all its keys, nested ones too, in snake_case. */
export function wireObject(value: object): Json {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snake(key), wireValue(inner)]));
}

/** An entry as the API tells it. */
export type WireEntry = Omit<Entry, 'packet' | 'clockMs'> & {
  readonly kind: Packet['kind'] | 'note';
  /** Of a request or an event. */
  readonly name: string | undefined;
  readonly seq: number | undefined;
};

/** An entry of a device's record. The packet itself stands in `text`, as it went over the wire. */
export function wireEntry({ packet, clockMs: _, ...entry }: Entry): WireEntry {
  return {
    ...entry,
    kind: packet?.kind ?? 'note',
    name: packet && 'name' in packet ? packet.name : undefined,
    seq: packet && 'seq' in packet ? packet.seq : undefined,
  };
}

/** The other way round, for the flat objects that the API takes: keys in camelCase. */
export function fromWire(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [camel(key), inner]));
}

function wireValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wireValue);
  return typeof value === 'object' && value !== null ? wireObject(value) : value;
}

/** A key in snake_case. */
export function snake(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camel(key: string): string {
  return key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
