import { GatewayError } from '../runtime/errors.ts';
import { type Runnable, together } from '../runtime/supervise.ts';
import type { Channel } from './channel.ts';
import type { RecordSettings } from './ports.ts';
import type { PublishOrder } from './publishing.ts';
import type { ChannelState } from './state.ts';

/** All channels by number: finds the one that an order is for, and runs them as one. */
export class Channels implements Runnable {
  readonly #byNumber: ReadonlyMap<number, Channel>;

  constructor(channels: readonly Channel[]) {
    this.#byNumber = new Map(channels.map((channel) => [channel.settings.channel, channel]));
  }

  run(signal: AbortSignal): Promise<void> {
    return together(signal, [...this.#byNumber.values()]);
  }

  /** What each channel is like now, by channel number. */
  get states(): ReadonlyMap<number, ChannelState> {
    return new Map([...this.#byNumber].map(([number, { state }]) => [number, state]));
  }

  /** @throws GatewayError `no-such-channel`, and what `Channel.publish` throws */
  publish({ channel, ...order }: PublishOrder & { readonly channel: number }, signal: AbortSignal): Promise<void> {
    return this.#at(channel).publish(order, signal);
  }

  /** @throws GatewayError `no-such-channel` */
  stopPublish({ channel, streamId }: { readonly channel: number; readonly streamId: string }): Promise<void> {
    return this.#at(channel).stopPublish(streamId);
  }

  /** @throws GatewayError `no-such-channel`, and what `Channel.startRecord` throws */
  startRecord(
    { channel, ...settings }: RecordSettings & { readonly channel: number },
    signal: AbortSignal,
  ): Promise<void> {
    return this.#at(channel).startRecord(settings, signal);
  }

  /** @throws GatewayError `no-such-channel` */
  stopRecord({ channel, sessionId }: { readonly channel: number; readonly sessionId: string }): Promise<void> {
    return this.#at(channel).stopRecord(sessionId);
  }

  /** @throws GatewayError `no-such-channel`, and what `Channel.snapshot` throws */
  async snapshot({ channel, url }: { readonly channel: number; readonly url: string }, signal: AbortSignal) {
    await this.#at(channel).snapshot(url, signal);
  }

  #at(number: number): Channel {
    const channel = this.#byNumber.get(number);
    if (!channel) throw new GatewayError('no-such-channel', 'there is no such channel', { channel: number });
    return channel;
  }
}
