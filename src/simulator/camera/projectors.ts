import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import type { Habits } from './habits.ts';
import { PROFILES, type ProfileSetting, type ProfileToken, streamPath, TEST_MAIN, TEST_SUB } from './profiles.ts';
import { Projector } from './projector.ts';
import type { Position } from './ptz-head.ts';
import { Mount, type StreamMood } from './rtsp-mount.ts';
import { landscape } from './view/landscape.ts';
import { Viewfinder } from './view/viewfinder.ts';

export interface ProjectorWishes {
  readonly name: string;
  readonly main?: Partial<ProfileSetting> | undefined;
  readonly sub?: Partial<ProfileSetting> | undefined;
  readonly surroundings?: number;
}

export interface ProjectorWorld {
  readonly habits: Habits;
  /** Where the head looks. */
  readonly position: () => Position;
  readonly onPublished: (token: ProfileToken) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A projector and its mount for each profile that a camera has. */
export function projectorsOf({ name, main, sub, surroundings }: ProjectorWishes, world: ProjectorWorld): Projector[] {
  const { habits, position, onPublished, clock, log } = world;
  const settings: Readonly<Record<ProfileToken, ProfileSetting | undefined>> = {
    main: { ...TEST_MAIN, ...main },
    sub: sub && { ...TEST_SUB, ...sub },
  };
  const mood = (): StreamMood => ({
    stalls: habits.has('rtsp-stalls'),
    drops: habits.has('rtsp-drops'),
    joinsMidGop: habits.has('rtsp-joins-mid-gop'),
  });
  const hasSlowKeyFrames = (): boolean => habits.has('slow-key-frames');
  const around = surroundings === undefined ? undefined : landscape(surroundings);
  return PROFILES.flatMap((token) => {
    const setting = settings[token];
    if (!setting) return [];
    const path = streamPath(token);
    const mount = new Mount({ path, codec: setting.codec, mood, onPublished: () => onPublished(token) });
    const view = around && new Viewfinder({ ...setting, surroundings: around, name, position, clock });
    return [new Projector({ token, setting, mount, view, hasSlowKeyFrames, log, clock })];
  });
}
