import { z } from 'zod';

/**
 * The bricks that reply schemas are made of. Each takes whatever a camera may send in its place (nothing, one or many,
 * text or element) and gives one type, so that no schema built of them can fail: a missing value is undefined.
 * Knows the shape that xml.ts gives a document, and nothing of ONVIF.
 */

/** The text of an element or attribute. Values are never converted: tokens and serial numbers keep every digit. */
export const text = z.unknown().optional().transform(textOf);

/** A decimal number. */
export const number = text.transform((written) => {
  const value = written === undefined ? Number.NaN : Number(written);
  return Number.isFinite(value) ? value : undefined;
});

const TRUE: ReadonlySet<string> = new Set(['true', '1', 'on', 'yes']);

export const flag = text.transform((written) => written !== undefined && TRUE.has(written.toLowerCase()));

/** One element, the first if there are several; empty when it is missing. */
export function element<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .unknown()
    .optional()
    .transform((value) => objectOf(value))
    .pipe(z.object(shape));
}

/** All elements of a name, in order. */
export function elements<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .unknown()
    .optional()
    .transform((value) => listOf(value).map(objectOf))
    .pipe(z.array(z.object(shape)));
}

/** Whatever an element holds, by name; for those whose content is not known beforehand. */
export const content = z
  .unknown()
  .optional()
  .transform((value): ReadonlyMap<string, unknown> => new Map(Object.entries(objectOf(value))));

function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function textOf(value: unknown): string | undefined {
  const [first] = listOf(value);
  const written = typeof first === 'object' && first !== null && '#text' in first ? first['#text'] : first;
  return typeof written === 'string' && written !== '' ? written : undefined;
}

function objectOf(value: unknown): object {
  const [first] = listOf(value);
  return typeof first === 'object' && first !== null ? first : { '#text': first };
}
