/** What a text takes in memory, and how to keep a part of one. */

/** A character beyond takes two bytes, and so do all others of its text. */
const BEYOND_LATIN = /[\u0100-\uffff]/;
/** Of a text, and of the object that it is a field of. */
const FRAME_BYTES = 128;

/** Bytes of memory that a text of a few fields takes, about. */
export function textBytes(text: string): number {
  return FRAME_BYTES + text.length * (BEYOND_LATIN.test(text) ? 2 : 1);
}

/** The beginning of a text, as a text of its own: what `slice` gives keeps the whole text in memory. */
export function beginning(text: string, mostCharacters: number): string {
  if (text.length <= mostCharacters) return text;
  return Buffer.from(text.slice(0, mostCharacters)).toString();
}
