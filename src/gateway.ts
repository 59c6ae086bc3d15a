import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { cameraFor } from './cameras.ts';
import { Channel } from './channel/channel.ts';
import { Channels } from './channel/channels.ts';
import type { Config } from './config/schema.ts';
import { localDateTime } from './device/local-time.ts';
import { checkStateDirectory, SelfCheck } from './device/self-check.ts';
import { Feeds } from './media/feed/feeds.ts';
import { EncoderChoice } from './media/ffmpeg/encoder-choice.ts';
import { ffmpegVersion } from './media/ffmpeg/version.ts';
import { LiveMedia } from './media/live.ts';
import type { OvdReport } from './ovc/keepalive.ts';
import type { Login } from './ovc/login.ts';
import { OvcLink } from './ovc/ovc-link.ts';
import type { Clock } from './runtime/clock.ts';
import { type Runnable, together } from './runtime/supervise.ts';

export interface GatewayParts {
  readonly config: Config;
  readonly login: Login;
  readonly stateDirectory: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The composition root: builds every part from the configuration and runs them as one. */
export class Gateway implements Runnable {
  readonly #feeds: Feeds;
  readonly #channels: Channels;
  readonly #selfCheck: SelfCheck;
  readonly #link: OvcLink;

  constructor({ config, login, stateDirectory, clock, log }: GatewayParts) {
    const { path: command, max_transcodes: maxTranscodes = Math.ceil(availableParallelism() / 2) } = config.ffmpeg;
    const media = log.child({ room: 'media' });
    const encoders = new EncoderChoice({ command, clock, log: media });
    this.#feeds = new Feeds({ command, encoders, maxTranscodes, clock, log: media });
    const live = new LiveMedia({ feeds: this.#feeds, clock, ca: login.ca, log: media });
    const onChange = (): void => this.#link.changed();
    this.#channels = new Channels(
      config.channels.map((entry) => {
        const { channel, name = `Channel ${channel}`, standby, live: wish } = entry;
        const channelLog = log.child({ room: 'channel', channel });
        const camera = cameraFor(entry, { clock, log: channelLog });
        return new Channel({
          settings: { channel, name, standby, live: wish },
          ...{ camera, live, clock, log: channelLog, onChange },
        });
      }),
    );
    const needs = [
      {
        name: 'ffmpeg',
        check: async (signal: AbortSignal) => void (await ffmpegVersion({ command, clock, log: media }, signal)),
      },
      { name: 'state directory', check: () => checkStateDirectory(stateDirectory) },
    ];
    this.#selfCheck = new SelfCheck({ needs, clock, log: log.child({ room: 'device' }), onChange });
    this.#link = new OvcLink({
      login,
      handlers: { orders: this.#channels, box: { localDateTime: () => localDateTime(clock.wall()) } },
      report: () => this.#report(),
      clock,
      log: log.child({ room: 'ovc' }),
    });
  }

  /** Runs until the signal aborts; then every push says goodbye to its RTMP server, and no child process is left. */
  run(signal: AbortSignal): Promise<void> {
    return together(signal, [this.#link, this.#channels, this.#feeds, this.#selfCheck]);
  }

  /** Abnormal: something is missing without which nothing works, or every camera has been found away (ovs-rpc §3). */
  #report(): OvdReport {
    const channels = this.#channels.states;
    const presences = [...channels.values()].map(({ camera }) => camera.presence);
    const allAway = presences.length > 0 && presences.every((presence) => presence === 'offline');
    const abnormal = allAway || this.#selfCheck.faults.size > 0;
    return { state: abnormal ? 'abnormal' : 'online', channels };
  }
}
