import type { Alarm } from './alarm.ts';
import type { CameraSight, HearingState } from './ports.ts';

/** A camera before the first verdict, without one, and with one. `since` is the wall clock at the change. */
export type CameraState =
  | { readonly presence: 'unknown' }
  | { readonly presence: 'offline'; readonly since: Date; readonly why: Error }
  | { readonly presence: 'online'; readonly since: Date; readonly sight: CameraSight };

/** A push that the OVC has ordered. It stays while it is being re-established; `live` says whether it flows. */
export interface Publish {
  readonly streamId: string;
  readonly live: boolean;
  /** Why it does not flow, in words for a person; absent while it does. */
  readonly why?: string;
}

/** A cloud recording that the OVC has ordered. It stays while the camera is away; `flowing` says whether footage comes. */
export interface Recording {
  readonly sessionId: string;
  readonly flowing: boolean;
  /** Why none comes, in words for a person; absent while it does. */
  readonly why?: string;
}

/** Independent facts about a channel. Nothing else is stored; whatever else is asked is computed. */
export interface ChannelState {
  readonly camera: CameraState;
  readonly publish: Publish | undefined;
  readonly recording: Recording | undefined;
  readonly alarms: ReadonlySet<Alarm>;
  /** How its events come; undefined where nobody listens to any. */
  readonly hearing: HearingState | undefined;
}

export const INITIAL: ChannelState = {
  camera: { presence: 'unknown' },
  publish: undefined,
  recording: undefined,
  alarms: new Set(),
  hearing: undefined,
};

export type Fact =
  | { readonly type: 'camera'; readonly camera: CameraState }
  | { readonly type: 'publish'; readonly publish: Publish | undefined }
  | { readonly type: 'recording'; readonly recording: Recording | undefined }
  | { readonly type: 'hearing'; readonly hearing: HearingState }
  | { readonly type: 'alarm'; readonly alarm: Alarm; readonly active: boolean };

/** The one place where a channel changes. A fact that says nothing new gives the same object back. */
export function next(state: ChannelState, fact: Fact): ChannelState {
  switch (fact.type) {
    case 'camera':
      return sameCamera(state.camera, fact.camera) ? state : { ...state, camera: fact.camera };
    case 'publish':
      return { ...state, publish: fact.publish };
    case 'recording':
      return { ...state, recording: fact.recording };
    case 'hearing':
      return { ...state, hearing: fact.hearing };
    case 'alarm':
      return fact.active === state.alarms.has(fact.alarm)
        ? state
        : { ...state, alarms: toggled(state.alarms, fact.alarm) };
  }
}

/** Offline for the same reason is no news: `since` stays that of the first time. */
function sameCamera(before: CameraState, after: CameraState): boolean {
  if (before.presence === 'offline' && after.presence === 'offline') return before.why.message === after.why.message;
  return before === after;
}

function toggled<T>(set: ReadonlySet<T>, member: T): ReadonlySet<T> {
  const copy = new Set(set);
  if (!copy.delete(member)) copy.add(member);
  return copy;
}
