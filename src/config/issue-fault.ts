import type { z } from 'zod';
import { type Fault, type FaultKind, fault, isFaultKind } from '../runtime/fault.ts';

/** What the schema's library finds wrong, as our faults. Nothing else knows its issues. */

type RawIssue = z.core.$ZodRawIssue;

/** By what was expected, where something of another type stands. */
const WRONG_TYPES: ReadonlyMap<string, FaultKind> = new Map([
  ['string', 'not-text'],
  ['number', 'not-number'],
  ['int', 'not-whole'],
  ['boolean', 'not-switch'],
  ['array', 'not-list'],
  ['tuple', 'not-list'],
]);

/** Given to the library, so that each message is a kind; the rules of the schema name theirs themselves. */
export function kindOf(issue: RawIssue): FaultKind {
  if (issue.code === 'unrecognized_keys') return 'unknown-key';
  if (issue.code === 'invalid_value') return 'not-one-of';
  if (issue.code === 'too_small') {
    if (issue.origin === 'array') return 'too-few';
    return issue.inclusive === false ? 'not-above' : 'too-small';
  }
  if (issue.code === 'too_big') return issue.origin === 'array' ? 'too-many' : 'too-large';
  if (issue.code !== 'invalid_type') return 'not-text';
  if (issue.input === undefined) return 'required';
  if (issue.expected === 'string' && typeof issue.input === 'number') return 'unquoted';
  return WRONG_TYPES.get(issue.expected) ?? 'not-keys';
}

/** An issue that has been through `kindOf`. */
export function faultOf(issue: z.core.$ZodIssue, line: number | undefined): Fault {
  const kind = isFaultKind(issue.message) ? issue.message : 'not-text';
  return fault(kind, { path: issue.path.join('.'), line, what: varying(issue) });
}

function varying(issue: z.core.$ZodIssue): string | number | undefined {
  if (issue.code === 'unrecognized_keys') return issue.keys.join(', ');
  if (issue.code === 'invalid_value') return issue.values.join(', ');
  if (issue.code === 'too_small') return Number(issue.minimum);
  return issue.code === 'too_big' ? Number(issue.maximum) : undefined;
}
