import { GatewayError } from '../runtime/errors.ts';
import { Roster } from '../runtime/roster.ts';
import type { Runnable } from '../runtime/supervise.ts';
import type { Channel } from './channel.ts';
import type { ClockOrder, NetworkInterface, PtzOrder, RecordSettings } from './ports.ts';
import type { PublishOrder } from './publishing.ts';
import type { ChannelState } from './state.ts';

/** All channels by number: finds the one that an order is for, and runs them as one. */
export class Channels implements Runnable {
  readonly #roster: Roster<number, Channel>;

  constructor(channels: readonly Channel[]) {
    this.#roster = new Roster(channels.map((channel) => [channel.settings.channel, channel]));
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#roster.run(signal);
  }

  /** One more, which runs as soon as the others do. @throws GatewayError `bad-parameter` when its number is taken */
  add(channel: Channel): void {
    const { channel: number } = channel.settings;
    if (this.#byNumber.has(number)) {
      throw new GatewayError('bad-parameter', 'the channel number is taken', { channel: number });
    }
    this.#roster.add(number, channel);
  }

  /** Ends a channel and puts another in its place, which takes over what was ordered; none: there is no such channel any more. */
  replace(number: number, next?: Channel): Promise<void> {
    return this.#roster.replace(number, next, ({ wanted }) => {
      if (wanted) next?.resume(wanted);
    });
  }

  /** Before `run`: a live view that was ordered of the channel of that number, if there still is one. */
  resume(number: number, order: PublishOrder): void {
    this.#byNumber.get(number)?.resume(order);
  }

  /** What each channel is like now, by channel number. */
  get states(): ReadonlyMap<number, ChannelState> {
    return new Map([...this.#byNumber].map(([number, { state }]) => [number, state]));
  }

  /** The live views that are ordered, by channel number; also after the end of `run`. */
  get wanted(): ReadonlyMap<number, PublishOrder> {
    return new Map([...this.#byNumber].flatMap(([number, { wanted }]) => (wanted ? [[number, wanted] as const] : [])));
  }

  /** @throws GatewayError `no-such-channel`, and what `Channel.publish` throws */
  publish({ channel, ...order }: PublishOrder & { readonly channel: number }, signal: AbortSignal): Promise<void> {
    return this.at(channel).publish(order, signal);
  }

  /** @throws GatewayError `no-such-channel` */
  stopPublish({ channel, streamId }: { readonly channel: number; readonly streamId: string }): Promise<void> {
    return this.at(channel).stopPublish(streamId);
  }

  /** @throws GatewayError `no-such-channel`, and what `Channel.startRecord` throws */
  startRecord(
    { channel, ...settings }: RecordSettings & { readonly channel: number },
    signal: AbortSignal,
  ): Promise<void> {
    return this.at(channel).startRecord(settings, signal);
  }

  /** @throws GatewayError `no-such-channel` */
  stopRecord({ channel, sessionId }: { readonly channel: number; readonly sessionId: string }): Promise<void> {
    return this.at(channel).stopRecord(sessionId);
  }

  /** @throws GatewayError `no-such-channel`, and what `Channel.snapshot` throws */
  async snapshot({ channel, url }: { readonly channel: number; readonly url: string }, signal: AbortSignal) {
    await this.at(channel).snapshot(url, signal);
  }

  /** @throws GatewayError `no-such-channel` */
  ptz({ channel, order }: { readonly channel: number; readonly order: PtzOrder }): void {
    this.at(channel).camera.ptz(order);
  }

  /** Stops every camera that moves: whoever would stop it cannot be heard any more. */
  halt(): void {
    for (const { camera } of this.#byNumber.values()) camera.halt();
  }

  /** @throws GatewayError `no-such-channel`, and what `Camera.presetIds` throws */
  async presetIds(channel: number, signal: AbortSignal): Promise<readonly number[]> {
    return this.at(channel).camera.presetIds(signal);
  }

  /** @throws GatewayError `no-such-channel`, and what `Camera.reboot` throws */
  async reboot(channel: number, signal: AbortSignal): Promise<void> {
    await this.at(channel).camera.reboot(signal);
  }

  /** @throws GatewayError `no-such-channel`, and what `Camera.networkInterfaces` throws */
  async networkInterfaces(channel: number, signal: AbortSignal): Promise<readonly NetworkInterface[]> {
    return this.at(channel).camera.networkInterfaces(signal);
  }

  /** Resolves when every camera that is there has its time, or has failed to take it. */
  async setClocks(order: ClockOrder, signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#byNumber.values()].map((channel) => channel.setClock(order, signal)));
  }

  get #byNumber(): ReadonlyMap<number, Channel> {
    return this.#roster.members;
  }

  /** @throws GatewayError `no-such-channel` */
  at(number: number): Channel {
    const channel = this.#byNumber.get(number);
    if (!channel) throw new GatewayError('no-such-channel', 'there is no such channel', { channel: number });
    return channel;
  }
}
