import { boxFor, type DeviceBox } from '../device/box.ts';
import { BoxHealth } from '../device/box-health.ts';
import { ClockWatch } from '../device/clock-watch.ts';
import { checkStateDirectory, SelfCheck } from '../device/self-check.ts';
import type { Upgrader } from '../device/upgrade/upgrader.ts';
import { ffmpegVersion } from '../media/ffmpeg/version.ts';
import type { OvcLink } from '../ovc/ovc-link.ts';
import { type Runnable, together } from '../runtime/supervise.ts';
import type { TrustedTime } from '../runtime/trusted-time.ts';
import type { GatewayParts } from './parts.ts';
import { upgraderFor } from './posts.ts';

export interface DeviceParts {
  readonly parts: GatewayParts;
  readonly time: TrustedTime;
  readonly link: () => OvcLink;
  readonly onChange: () => void;
}

/** The box: what it lacks, how it is, its clock, its releases, and what the platform may order of it. */
export class Device implements Runnable {
  readonly selfCheck: SelfCheck;
  readonly health: BoxHealth;
  readonly upgrader: Upgrader;
  readonly box: DeviceBox;
  readonly #clockWatch: ClockWatch;

  constructor({ parts, time, link, onChange }: DeviceParts) {
    const { config, stateDirectory, restart, underNtp, clock, log: all } = parts;
    const world = { clock, log: all.child({ room: 'device' }) };
    const ffmpeg = { command: config.ffmpeg.path, clock, log: all.child({ room: 'media' }) };
    const needs = [
      { name: 'ffmpeg', check: (signal: AbortSignal) => ffmpegVersion(ffmpeg, signal) },
      { name: 'state directory', check: () => checkStateDirectory(stateDirectory) },
    ];
    this.selfCheck = new SelfCheck({ needs, ...world, onChange });
    this.health = new BoxHealth({ stateDirectory, ...world });
    this.#clockWatch = new ClockWatch({ time, ...world, ...(underNtp && { underNtp }) });
    this.upgrader = upgraderFor(parts, { link, onChange });
    const { reboot_command: rebootCommand, set_clock: maySetClock } = config.device;
    const upgrade = this.upgrader.order.bind(this.upgrader);
    const heard = (at: Date): void => time.heard(at, 'sync_time');
    this.box = boxFor({ rebootCommand, maySetClock, restart, upgrade, heard, ...world });
  }

  run(signal: AbortSignal): Promise<void> {
    return together(signal, [this.selfCheck, this.health, this.upgrader, this.#clockWatch]);
  }
}
