import { z } from 'zod';
import type { FaultKind } from '../runtime/fault.ts';
import { Secret } from '../runtime/secret.ts';

/** Values and rules that the configuration is made of. What is wrong is said as a kind; `issue-fault.ts` finds the words. */

export const kind = (of: FaultKind): FaultKind => of;

export const text = z
  .string()
  .min(1, kind('empty'))
  .regex(/^\P{Cc}*$/u, kind('control-characters'));
export const seconds = z.number().positive();
export const path = text;
export const port = z.number().int().min(1).max(65_535);
export const secret = z
  .string()
  .min(1, kind('empty'))
  .transform((value) => new Secret(value));

/** `192.168.1.10`, `cam-3.lan`, `fe80::1`; an address without scheme, port or path. */
export const host = text.regex(/^[\w.:%-]+$/, kind('not-host'));

/** `127.0.0.1:8080`, `[::]:8080`, `:8080`. */
export const listen = text
  .regex(/^(\[[\da-fA-F:.]+\]|[\w.-]*):\d{1,5}$/, kind('not-listen'))
  .refine((value) => Number(value.split(':').at(-1)) <= 65_535, kind('not-listen'));

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** What such a text names; without a host every address of the box. */
export function listenAddress(value: string): ListenAddress {
  const [, name = '', digits = '0'] = /^(.*):(\d+)$/.exec(value) ?? [];
  return { host: name.replace(/^\[|\]$/g, '') || '0.0.0.0', port: Number(digits) };
}

/** 32 bytes in base64, as `npm run release -- --new-key` prints them. */
export const releaseKey = text.regex(/^[A-Za-z0-9+/]{43}=$/, kind('not-release-key'));

/** A rule over several keys is checked also where one of them has a fault of its own, so that all is told at once. */
export function rule(error: FaultKind) {
  return { error, when: ({ value }: { value: unknown }) => typeof value === 'object' && value !== null };
}
