/** A picture in memory as ffmpeg takes it raw (yuv420p): planes in one buffer, and rectangles as the only thing to draw. */

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** All planes, one behind the other. */
  readonly bytes: Uint8Array;
  readonly planes: readonly [luma: Plane, u: Plane, v: Plane];
}

/** One plane; that of a colour has half as many columns and rows. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly samples: Uint8Array;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Luma, U and V. */
export type Colour = readonly [number, number, number];

/** A black picture; width and height have to be even. */
export function frameOf(width: number, height: number): Frame {
  const pixels = width * height;
  const bytes = new Uint8Array((pixels * 3) / 2);
  const half = { width: width / 2, height: height / 2 };
  const luma = { width, height, samples: bytes.subarray(0, pixels).fill(16) };
  const u = { ...half, samples: bytes.subarray(pixels, (pixels * 5) / 4).fill(128) };
  const v = { ...half, samples: bytes.subarray((pixels * 5) / 4).fill(128) };
  return { width, height, bytes, planes: [luma, u, v] };
}

/** A colour as people write it, `#8ec5f0`, as BT.601 has it in video. */
export function colour(hex: string): Colour {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return [
    Math.round(16 + 0.257 * r + 0.504 * g + 0.098 * b),
    Math.round(128 - 0.148 * r - 0.291 * g + 0.439 * b),
    Math.round(128 + 0.439 * r - 0.368 * g - 0.071 * b),
  ];
}

/** The colour that lies between two, 0 to 1 of the way. */
export function between(one: Colour, other: Colour, part: number): Colour {
  const mixed = (at: 0 | 1 | 2): number => Math.round(one[at] + (other[at] - one[at]) * part);
  return [mixed(0), mixed(1), mixed(2)];
}

/** Fills a rectangle, as far as it lies in the picture. */
export function fill({ planes }: Frame, { x, y, width, height }: Rectangle, ink: Colour): void {
  for (const [at, plane] of planes.entries()) {
    const scale = at === 0 ? 1 : 0.5;
    const left = within(x * scale, plane.width);
    const right = within((x + width) * scale, plane.width);
    const bottom = within((y + height) * scale, plane.height);
    for (let row = within(y * scale, plane.height); row < bottom; row++) {
      plane.samples.fill(ink[at] ?? 0, row * plane.width + left, row * plane.width + right);
    }
  }
}

const within = (value: number, most: number): number => Math.max(0, Math.min(Math.round(value), most));
