import type { z } from 'zod';
import type { Access, Visitor } from './access.ts';
import type { House } from './house.ts';

/** One row of the API: the router, the guards and the OpenAPI document all read it. */

/**
 * Who may: everybody; whoever makes the first configuration; the owner; either of both. `monitor` is the owner, or
 * anybody on this box.
 */
export type Who = 'anyone' | 'set-up' | 'owner' | 'set-up-or-owner' | 'monitor';

export interface Call<Body = unknown, Query = unknown> {
  readonly house: House;
  readonly access: Access;
  readonly visitor: Visitor;
  readonly address: string;
  /** Over TLS. */
  readonly secure: boolean;
  readonly cookie: string | undefined;
  readonly version: string;
  readonly body: Body;
  readonly query: Query;
  /** The numbers and names in the path. @throws Refusal `not-found` where it is none */
  readonly number: (name: string) => number;
  readonly text: (name: string) => string;
  /** Aborts when the visitor goes, or the server ends. */
  readonly signal: AbortSignal;
}

export interface Route {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** With `{name}` for what varies. */
  readonly path: string;
  readonly who: Who;
  readonly does: string;
  readonly body?: z.ZodType;
  readonly query?: z.ZodType;
  /** What a success brings: JSON of that shape, or that media type. */
  readonly answer: z.ZodType | string;
  readonly serve: (call: Call<never, never>) => unknown;
}

/** A row whose handler gets body and query as their schemas make them. A Response goes out as it is, all else as JSON. */
export function route<Body extends z.ZodType, Query extends z.ZodType>(
  row: Omit<Route, 'body' | 'query' | 'serve'> & {
    readonly body?: Body;
    readonly query?: Query;
    readonly serve: (call: Call<z.output<Body>, z.output<Query>>) => unknown;
  },
): Route {
  return row;
}

/** Names one page of a visitor, who may have several. */
export function pageOf({ id }: Visitor, page: string): string {
  return `${id} ${page}`;
}
