import type { FilmSetting } from './film.ts';

/** The profiles of a virtual camera: their names, and settings to start from. */

export const PROFILES = ['main', 'sub'] as const;
export type ProfileToken = (typeof PROFILES)[number];

/** One profile's film; `file` plays a film of the caller's own instead, which the rest then only describes. */
export type ProfileSetting = FilmSetting & { readonly file?: string };

/** Small enough that a test on two cores does not notice it. */
export const TEST_MAIN: ProfileSetting = {
  codec: 'H264',
  audio: 'PCMU',
  width: 640,
  height: 360,
  framesPerSecond: 15,
  bitsPerSecond: 600_000,
  gopSeconds: 1,
};
export const TEST_SUB: ProfileSetting = {
  ...TEST_MAIN,
  width: 320,
  height: 180,
  framesPerSecond: 10,
  bitsPerSecond: 200_000,
};
/** What measurements use: a common camera of today. */
export const BENCH_MAIN: ProfileSetting = {
  ...TEST_MAIN,
  width: 1280,
  height: 720,
  framesPerSecond: 25,
  bitsPerSecond: 2_000_000,
  gopSeconds: 2,
};

/** The video source that a profile shows: a camera has one, a recorder one for each of its channels. */
export function sourceNumber(token: ProfileToken, isRecorder: boolean): number {
  return isRecorder ? PROFILES.indexOf(token) : 0;
}

/** Where a profile is streamed. Two parameters, so that a camera which escapes `&` twice can show it. */
export function streamPath(token: ProfileToken): string {
  return `/cam/live?channel=1&stream=${token}`;
}

export function snapshotPath(token: ProfileToken): string {
  return `/snapshot?channel=1&stream=${token}`;
}
