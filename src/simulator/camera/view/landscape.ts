import { between, colour, type Frame, fill, frameOf } from './frame.ts';
import { extentOf, letter } from './lettering.ts';

/** What there is to see around a virtual camera: hills, and a street whose houses have letters, so that one knows where one looks. */

const LANDSCAPE = { width: 1920, height: 1080 } as const;

interface Season {
  readonly sky: string;
  readonly horizon: string;
  readonly sun: string;
  readonly far: string;
  readonly near: string;
  readonly ground: string;
  readonly street: string;
  readonly wall: string;
  readonly roof: string;
}

/** The cameras take turns. */
const SEASONS: readonly Season[] = [
  {
    ...{ sky: '#5aa9e6', horizon: '#d6ecfa', sun: '#fff3b0', far: '#7d9db5', near: '#4f8a4c', ground: '#79b356' },
    ...{ street: '#8b8680', wall: '#f2e8d5', roof: '#b5533c' },
  },
  {
    ...{ sky: '#2a2358', horizon: '#f2845c', sun: '#ffd27d', far: '#4a3266', near: '#33284d', ground: '#3f3656' },
    ...{ street: '#22202b', wall: '#6b5b95', roof: '#2b2238' },
  },
  {
    ...{ sky: '#9fb4c8', horizon: '#eef3f8', sun: '#ffffff', far: '#a9bacb', near: '#d7e1ea', ground: '#f1f5f9' },
    ...{ street: '#9aa5b1', wall: '#8a4b3a', roof: '#fafcff' },
  },
  {
    ...{ sky: '#e8a95b', horizon: '#fdeccb', sun: '#fff8e1', far: '#c2814a', near: '#a5632f', ground: '#dba765' },
    ...{ street: '#8f6b45', wall: '#fbf3e4', roof: '#4f7d80' },
  },
];

const HORIZON = 560;
const STREET = 760;
const HOUSES = [...'ABCDEFGHI'];

/** The surroundings of the camera of that number, the same each time. */
export function landscape(number: number): Frame {
  const season = SEASONS[number % SEASONS.length] ?? SEASONS[0];
  const frame = frameOf(LANDSCAPE.width, LANDSCAPE.height);
  if (!season) return frame;
  const { width, height } = LANDSCAPE;
  const [sky, horizon] = [colour(season.sky), colour(season.horizon)];
  // The hills dip below the horizon here and there.
  for (let y = 0; y < HORIZON + 60; y += 4) {
    fill(frame, { x: 0, y, width, height: 4 }, between(sky, horizon, Math.min(1, y / HORIZON)));
  }
  sun(frame, { x: 300 + ((number * 530) % 1300), y: 150 }, season);
  hills(frame, { top: HORIZON - 90, steep: 70, seed: number + 1 }, season.far);
  hills(frame, { top: HORIZON, steep: 40, seed: number + 7.3 }, season.near);
  fill(frame, { x: 0, y: HORIZON + 60, width, height }, colour(season.ground));
  fill(frame, { x: 0, y: STREET, width, height: 90 }, colour(season.street));
  for (let x = 0; x < width; x += 120) fill(frame, { x, y: STREET + 42, width: 60, height: 6 }, colour('#f5f5f5'));
  for (const [at, name] of HOUSES.entries()) house(frame, { x: 50 + at * 212, name }, season);
  return frame;
}

function sun(frame: Frame, { x, y }: { x: number; y: number }, { sun: hex }: Season): void {
  const radius = 60;
  for (let row = -radius; row < radius; row += 2) {
    const half = Math.sqrt(radius ** 2 - row ** 2);
    fill(frame, { x: x - half, y: y + row, width: 2 * half, height: 2 }, colour(hex));
  }
}

interface Ridge {
  readonly top: number;
  readonly steep: number;
  readonly seed: number;
}

function hills(frame: Frame, { top, steep, seed }: Ridge, hex: string): void {
  for (let x = 0; x < frame.width; x += 2) {
    const wave = Math.sin(x / 190 + seed) + 0.5 * Math.sin(x / 71 + 3 * seed) + 0.2 * Math.sin(x / 23 + seed);
    const y = Math.round(top + steep * wave);
    fill(frame, { x, y, width: 2, height: HORIZON + 80 - y }, colour(hex));
  }
}

const HOUSE = { width: 130, height: 150, roof: 50, dot: 12 } as const;

function house(frame: Frame, { x, name }: { x: number; name: string }, { wall, roof }: Season): void {
  const top = STREET - 20 - HOUSE.height;
  fill(frame, { x, y: top, width: HOUSE.width, height: HOUSE.height }, colour(wall));
  for (let row = 0; row < HOUSE.roof; row += 2) {
    const inset = (HOUSE.width / 2) * (1 - row / HOUSE.roof) - 10;
    const y = top - HOUSE.roof + row;
    fill(frame, { x: x + inset, y, width: HOUSE.width - 2 * inset, height: 2 }, colour(roof));
  }
  const { width, height } = extentOf(name, HOUSE.dot);
  const place = { x: x + (HOUSE.width - width) / 2, y: top + (HOUSE.height - height) / 2 };
  letter(frame, name, { ...place, dot: HOUSE.dot, ink: colour(roof) });
}
