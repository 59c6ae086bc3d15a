import { type Colour, type Frame, fill } from './frame.ts';

/** Letters of five by seven dots, so that no font is needed: capitals, digits and a few signs. */

const COLUMNS = 5;
/** Each letter and the gap behind it. */
const PITCH = COLUMNS + 1;
const ROWS = 7;

/** Seven rows each, two hex digits a row; the lowest bit is the rightmost dot. */
const GLYPHS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ A: '0e11111f111111', B: '1e11111e11111e', C: '0e11101010110e', D: '1e11111111111e', E: '1f10101e10101f' },
    ...{ F: '1f10101e101010', G: '0e11101711110f', H: '1111111f111111', I: '0e04040404040e', J: '0702020202120c' },
    ...{ K: '11121418141211', L: '1010101010101f', M: '111b1515111111', N: '11111915131111', O: '0e11111111110e' },
    ...{ P: '1e11111e101010', Q: '0e11111115120d', R: '1e11111e141211', S: '0f10100e01011e', T: '1f040404040404' },
    ...{ U: '1111111111110e', V: '11111111110a04', W: '11111115151b11', X: '11110a040a1111', Y: '11110a04040404' },
    ...{ Z: '1f01020408101f', '0': '0e11131519110e', '1': '040c040404040e', '2': '0e11010204081f' },
    ...{ '3': '1f02040201110e', '4': '02060a121f0202', '5': '1f101e0101110e', '6': '0608101e11110e' },
    ...{ '7': '1f010204080808', '8': '0e11110e11110e', '9': '0e11110f01020c', ':': '000c0c000c0c00' },
    ...{ '.': '00000000000c0c', '+': '0004041f040400', '-': '0000001f000000' },
  }),
);

export interface Lettering {
  readonly x: number;
  readonly y: number;
  /** How many pixels a dot is wide and high. */
  readonly dot: number;
  readonly ink: Colour;
  /** What the letters stand on; without it on what is there. */
  readonly paper?: Colour;
}

/** How wide and high a text becomes, its margin of a dot on each side included. */
export function extentOf(text: string, dot: number): { readonly width: number; readonly height: number } {
  return { width: (text.length * PITCH + 1) * dot, height: (ROWS + 2) * dot };
}

/** Writes into the picture; what there is no letter for stays empty. */
export function letter(frame: Frame, text: string, { x, y, dot, ink, paper }: Lettering): void {
  if (paper) fill(frame, { x, y, ...extentOf(text, dot) }, paper);
  for (const [at, sign] of [...text.toUpperCase()].entries()) {
    const rows = GLYPHS.get(sign)?.match(/../g) ?? [];
    for (const [row, bits] of rows.entries()) {
      for (let column = 0; column < COLUMNS; column++) {
        if (((Number.parseInt(bits, 16) >> (COLUMNS - 1 - column)) & 1) === 0) continue;
        const place = { x: x + (at * PITCH + column + 1) * dot, y: y + (row + 1) * dot };
        fill(frame, { ...place, width: dot, height: dot }, ink);
      }
    }
  }
}
