import { isKind } from '../../runtime/errors.ts';
import { element, number, text } from '../reply.ts';
import type { CallOptions } from '../session.ts';
import type { Operation } from '../soap.ts';
import { xml } from '../xml.ts';
import { type Range, type Ranges, UNIT, usableRange } from './velocity.ts';

/** What PTZ asks of a camera's SOAP session. */
export interface PtzCalls {
  /** @throws GatewayError `camera-unreachable`, `camera-unauthorized`, `camera-fault`, `not-onvif` */
  call<T>(operation: Operation<T>, options: CallOptions, signal: AbortSignal): Promise<T>;
}

/** How a camera can be moved, best first; `none` is not at all. */
export type MoveMode = 'continuous' | 'relative' | 'absolute' | 'none';

export interface Space {
  /** Undefined where the camera does not say it. */
  readonly uri: string | undefined;
  readonly ranges: Ranges;
}

export interface PtzAbilities {
  readonly panTilt: MoveMode;
  readonly zoom: MoveMode;
  /** What each mode's vectors are measured in; pan and tilt with their own space, zoom with its own. */
  readonly spaces: Readonly<Record<'panTilt' | 'zoom', Space>>;
  /** In seconds, undefined where the camera gives no usable one. */
  readonly timeout: { readonly min: number; readonly max: number } | undefined;
}

const axis = element({ Min: number, Max: number });
const space = element({ URI: text, XRange: axis, YRange: axis });

const spaces = element({
  ContinuousPanTiltVelocitySpace: space,
  ContinuousZoomVelocitySpace: space,
  RelativePanTiltTranslationSpace: space,
  RelativeZoomTranslationSpace: space,
  AbsolutePanTiltPositionSpace: space,
  AbsoluteZoomPositionSpace: space,
});
type Spaces = typeof spaces._output;
type Told = typeof space._output;

const SPACES = {
  panTilt: [
    ['continuous', 'ContinuousPanTiltVelocitySpace'],
    ['relative', 'RelativePanTiltTranslationSpace'],
    ['absolute', 'AbsolutePanTiltPositionSpace'],
  ],
  zoom: [
    ['continuous', 'ContinuousZoomVelocitySpace'],
    ['relative', 'RelativeZoomTranslationSpace'],
    ['absolute', 'AbsoluteZoomPositionSpace'],
  ],
} as const satisfies Record<string, ReadonlyArray<readonly [MoveMode, keyof Spaces]>>;

const options = element({
  PTZConfigurationOptions: element({ Spaces: spaces, PTZTimeout: element({ Min: text, Max: text }) }),
}).transform(({ PTZConfigurationOptions: { Spaces, PTZTimeout } }): PtzAbilities => {
  const timeout = { min: secondsOf(PTZTimeout.Min), max: secondsOf(PTZTimeout.Max) };
  return {
    ...abilitiesOf(Spaces),
    timeout: timeout.max > 0 && timeout.min <= timeout.max ? timeout : undefined,
  };
});

/** What is assumed of a camera that won't say: that it moves as nearly all do. */
export const ASSUMED: PtzAbilities = {
  panTilt: 'continuous',
  zoom: 'continuous',
  spaces: { panTilt: spaceOf(undefined), zoom: spaceOf(undefined) },
  timeout: undefined,
};

/**
 * How the camera can be moved, by the options of a PTZ configuration. A camera that faults or says nothing is assumed to
 * move continuously (seen: empty spaces on cameras that work).
 * @throws GatewayError `camera-unreachable`, `camera-unauthorized`
 */
export async function readAbilities(
  { calls, ptz, configuration }: { calls: PtzCalls; ptz: URL; configuration: string },
  signal: AbortSignal,
): Promise<PtzAbilities> {
  const operation: Operation<PtzAbilities> = {
    service: 'ptz',
    name: 'GetConfigurationOptions',
    arguments: xml`<tptz:ConfigurationToken>${configuration}</tptz:ConfigurationToken>`,
    reply: options,
  };
  try {
    return await calls.call(operation, { at: ptz }, signal);
  } catch (err) {
    if (!isKind(err, 'camera-fault', 'not-onvif')) throw err;
    return ASSUMED;
  }
}

function abilitiesOf(told: Spaces): Omit<PtzAbilities, 'timeout'> {
  const anything = Object.values(told).some(isThere);
  if (!anything) return ASSUMED;
  const panTilt = best('panTilt', told);
  const zoom = best('zoom', told);
  return { panTilt: panTilt.mode, zoom: zoom.mode, spaces: { panTilt: panTilt.space, zoom: zoom.space } };
}

function best(axes: keyof typeof SPACES, told: Spaces): { mode: MoveMode; space: Space } {
  for (const [mode, name] of SPACES[axes]) {
    if (isThere(told[name])) return { mode, space: spaceOf(told[name], axes, mode) };
  }
  return { mode: 'none', space: spaceOf(undefined) };
}

function isThere({ URI, XRange }: Told): boolean {
  return URI !== undefined || XRange.Min !== undefined || XRange.Max !== undefined;
}

function spaceOf(told: Told | undefined, axes: keyof typeof SPACES = 'panTilt', mode: MoveMode = 'continuous'): Space {
  const range = (side: 'XRange' | 'YRange'): Range => {
    const { Min, Max } = told?.[side] ?? {};
    // A position's range need not have its middle at zero.
    if (mode === 'absolute' && Min !== undefined && Max !== undefined && Min < Max) return { min: Min, max: Max };
    return usableRange(Min, Max);
  };
  const ranges =
    axes === 'zoom'
      ? { x: UNIT, y: UNIT, zoom: range('XRange') }
      : { x: range('XRange'), y: range('YRange'), zoom: UNIT };
  return { uri: told?.URI, ranges };
}

/** Of an xs:duration as cameras write it: hours, minutes and seconds at most. NaN for what is none. */
function secondsOf(written = ''): number {
  const parts = /^PT(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?$/i.exec(written.trim());
  if (!parts) return Number.NaN;
  const [, hours = '0', minutes = '0', seconds = '0'] = parts;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
