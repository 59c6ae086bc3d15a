import { Refusal } from '../admin/refusal.ts';
import { FaultyText } from '../config/edit.ts';
import type { Fault } from '../runtime/fault.ts';

/** A change that the configuration cannot take, with all that would be wrong with it. */
export function notTaken(faults: readonly Fault[]): Refusal {
  return new Refusal('configuration-refused', 'the configuration would not be valid', { faults });
}

/** @throws Refusal `configuration-refused` when the file is no YAML, or a path leads through what is no place */
export function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (err) {
    if (!(err instanceof FaultyText)) throw err;
    throw notTaken([err.fault]);
  }
}
