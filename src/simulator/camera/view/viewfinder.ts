import type { Clock } from '../../../runtime/clock.ts';
import type { Position } from '../ptz-head.ts';
import { colour, type Frame, frameOf, type Plane, type Rectangle } from './frame.ts';
import { extentOf, letter } from './lettering.ts';

/** What a camera sees: the part of its surroundings that its head looks at, with name, time and position written on it. */

export interface ViewfinderParts {
  readonly surroundings: Frame;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly position: () => Position;
  readonly clock: Clock;
}

/** Of the surroundings, where nothing is zoomed; and what is left of that at full zoom. */
const WIDEST = 2 / 3;
const NARROWEST = 1 / 4;
/** At 180 lines a dot of a letter is one pixel. */
const LINES_PER_DOT = 180;
const INK = colour('#ffffff');
const PAPER = colour('#101418');

export class Viewfinder {
  readonly #parts: ViewfinderParts;
  readonly #frame: Frame;
  #shown = '';
  #written = '';

  constructor(parts: ViewfinderParts) {
    this.#parts = parts;
    this.#frame = frameOf(parts.width, parts.height);
  }

  /** The picture now, raw; the same memory each time. Where nothing has changed nothing is drawn. */
  frame(): Uint8Array {
    const { surroundings, position } = this.#parts;
    const at = position();
    const window = windowOf(surroundings, at);
    const shown = JSON.stringify(window);
    if (shown !== this.#shown) {
      for (const [plane, from] of surroundings.planes.entries()) {
        const to = this.#frame.planes[plane];
        if (to) copy(from, to, plane === 0 ? window : halved(window));
      }
      this.#shown = shown;
      this.#written = '';
    }
    this.#write(at);
    return this.#frame.bytes;
  }

  #write({ pan, tilt, zoom }: Position): void {
    const { name, clock, width, height } = this.#parts;
    const time = clock.wall().toTimeString().slice(0, 8);
    const place = `pan ${signed(pan)} tilt ${signed(tilt)} zoom ${magnification(zoom).toFixed(1)}x`;
    const written = time + place;
    if (written === this.#written) return;
    this.#written = written;
    const dot = Math.max(1, Math.round(height / LINES_PER_DOT));
    const style = { dot, ink: INK, paper: PAPER };
    const edge = 2 * dot;
    const below = height - extentOf(time, dot).height - edge;
    letter(this.#frame, name, { ...style, x: edge, y: edge });
    letter(this.#frame, time, { ...style, x: edge, y: below });
    // Below it would lie under the buttons of a player.
    letter(this.#frame, place, { ...style, x: width - extentOf(place, dot).width - edge, y: edge });
  }
}

const magnification = (zoom: number): number => 1 / (1 - zoom * (1 - NARROWEST));
const signed = (part: number): string =>
  `${part < 0 ? '-' : '+'}${String(Math.round(Math.abs(part) * 100)).padStart(3, '0')}`;

/** What the head looks at; even, as the planes of colours have half as many samples. */
function windowOf(around: Frame, { pan, tilt, zoom }: Position): Rectangle {
  const part = WIDEST / magnification(zoom);
  const width = even(around.width * part);
  const height = even(around.height * part);
  const x = even(((around.width - width) * (1 + pan)) / 2);
  const y = even(((around.height - height) * (1 - tilt)) / 2);
  return { x, y, width, height };
}

const even = (value: number): number => 2 * Math.round(value / 2);
const halved = ({ x, y, width, height }: Rectangle): Rectangle => ({
  x: x / 2,
  y: y / 2,
  width: width / 2,
  height: height / 2,
});

/** The window, stretched over the whole of a plane by its nearest samples. */
function copy(from: Plane, to: Plane, window: Rectangle): void {
  const columns = Uint32Array.from(
    { length: to.width },
    (_, x) => window.x + Math.floor((x * window.width) / to.width),
  );
  let before = -1;
  for (let y = 0; y < to.height; y++) {
    const row = window.y + Math.floor((y * window.height) / to.height);
    const at = y * to.width;
    if (row === before) to.samples.copyWithin(at, at - to.width, at);
    else copyRow({ from, row, columns }, to.samples.subarray(at, at + to.width));
    before = row;
  }
}

interface RowSource {
  readonly from: Plane;
  readonly row: number;
  /** Which sample of the row each sample of the other is taken from. */
  readonly columns: Uint32Array;
}

function copyRow({ from, row, columns }: RowSource, to: Uint8Array): void {
  const start = row * from.width;
  for (let x = 0; x < to.length; x++) to[x] = from.samples[start + (columns[x] ?? 0)] ?? 0;
}
