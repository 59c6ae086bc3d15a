/** What an installer may set for one camera, each because of cameras that were seen to need it (ONVIF field guide 3). */
export interface PtzQuirks {
  /** Left is right, up is down, pan is tilt: a camera that hangs from the ceiling, or was built so. */
  readonly invertX: boolean;
  readonly invertY: boolean;
  readonly swapXY: boolean;
  /** Part of the fastest the camera says it can, from 0 to 1. */
  readonly maxVelocity: number;
  /** False: it cannot move on two axes at once (Arenti); the larger one is taken. */
  readonly diagonal: boolean;
  /** Stop before a move in another direction: always, only from pan and tilt to zoom and back, or never. */
  readonly stopBeforeMove: 'always' | 'axes' | 'never';
  /** Never send a Timeout (Bosch faults on it; found out at the first move all the same). */
  readonly noTimeout: boolean;
  /** Also send a move of zero after each Stop: it answers Stop and moves on (boifun, Cohu). */
  readonly zeroAfterStop: boolean;
  /** Preset tokens that call functions instead of places, first and last (Hikvision has such from 33 up). */
  readonly functionPresets: ReadonlyArray<readonly [number, number]>;
}

export const NO_QUIRKS: PtzQuirks = {
  invertX: false,
  invertY: false,
  swapXY: false,
  maxVelocity: 1,
  diagonal: true,
  stopBeforeMove: 'axes',
  noTimeout: false,
  zeroAfterStop: false,
  functionPresets: [],
};

/** By manufacturer in lower case: what is known before anybody has set anything. */
const KNOWN: ReadonlyMap<string, Partial<PtzQuirks>> = new Map([
  [
    'hikvision',
    {
      functionPresets: [
        [33, 46],
        [90, 105],
      ],
    },
  ],
]);

/** The installer's word counts, then what is known of the manufacturer. */
export function quirksFor(manufacturer: string, set: Partial<PtzQuirks> = {}): PtzQuirks {
  return { ...NO_QUIRKS, ...KNOWN.get(manufacturer.trim().toLowerCase()), ...set };
}
