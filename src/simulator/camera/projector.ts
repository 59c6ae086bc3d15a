import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { Scope } from '../../runtime/scope.ts';
import { stillFor } from './film.ts';
import type { ProfileSetting, ProfileToken } from './profiles.ts';
import type { Mount } from './rtsp-mount.ts';
import { runSource } from './source.ts';
import { jpegOf } from './view/live-picture.ts';
import type { Viewfinder } from './view/viewfinder.ts';

export interface ProjectorParts {
  readonly token: ProfileToken;
  readonly setting: ProfileSetting;
  readonly mount: Mount;
  /** What is seen, where that is no film. */
  readonly view?: Viewfinder | undefined;
  /** Read whenever a film is put in. */
  readonly hasSlowKeyFrames: () => boolean;
  readonly log: Logger;
  readonly clock: Clock;
}

const SLOW_GOP_SECONDS = 10;

/** Plays one profile's film, or what its view sees, into its mount, and puts in another when told that the setting has changed. */
export class Projector {
  readonly token: ProfileToken;
  readonly setting: ProfileSetting;
  readonly mount: Mount;
  readonly #parts: ProjectorParts;
  #film: Scope | undefined;

  constructor(parts: ProjectorParts) {
    this.#parts = parts;
    this.token = parts.token;
    this.setting = parts.setting;
    this.mount = parts.mount;
  }

  /** Plays to that RTSP server until the signal aborts. */
  async run(server: URL, signal: AbortSignal): Promise<void> {
    const { setting, mount, view, hasSlowKeyFrames, log, clock } = this.#parts;
    const to = new URL(mount.publishPath, server);
    while (!signal.aborted) {
      const film = new Scope(signal);
      this.#film = film;
      const gopSeconds = hasSlowKeyFrames() ? SLOW_GOP_SECONDS : setting.gopSeconds;
      try {
        const show = setting.file ?? { ...setting, gopSeconds };
        await runSource({ show, view, to, log, clock }, film.signal);
      } finally {
        film.end();
      }
    }
  }

  /** A JPEG of what it shows. @throws GatewayError `process-failed` */
  async still(signal: AbortSignal): Promise<Buffer> {
    const { setting, view, log, clock } = this.#parts;
    if (view) return jpegOf({ view, setting, log, clock }, signal);
    return readFile(await stillFor(setting, { log, clock }, signal));
  }

  /** The players are cut off, as by a camera that restarts its encoder. */
  changeFilm(): void {
    this.#film?.end();
  }
}
