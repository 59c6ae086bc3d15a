import type { CameraAnswer } from '../admin/api.ts';
import type { ChannelOrders, PtzWish } from '../admin/house.ts';
import { Refusal } from '../admin/refusal.ts';
import type { Channel } from '../channel/channel.ts';
import type { Rooms } from '../gateway/gateway.ts';
import { FlvView } from '../media/flv-view.ts';
import { type Clock, withDeadline } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { PictureCache } from './pictures.ts';
import { PtzHold } from './ptz-hold.ts';
import { streamSeen } from './status/stream-seen.ts';

export interface LocalOrdersParts {
  readonly rooms: () => Rooms | undefined;
  readonly clock: Clock;
}

const MOST_VIEWS = 32;
/** A cold camera takes seconds to show its first picture. */
const FIRST_PICTURE_MS = 15_000;
const ASK_MS = 12_000;

/** What the local page asks of a channel: the same cameras and the same queues as the platform's orders. */
export class LocalOrders implements ChannelOrders {
  readonly #parts: LocalOrdersParts;
  readonly #pictures: PictureCache;
  readonly #hold: PtzHold;
  #views = 0;

  constructor(parts: LocalOrdersParts) {
    this.#parts = parts;
    this.#pictures = new PictureCache(parts.clock);
    this.#hold = new PtzHold({ order: (channel, order) => this.#channel(channel).camera.ptz(order) });
  }

  picture(number: number, signal: AbortSignal): Promise<Buffer> {
    const channel = this.#channel(number);
    const late = 'the picture took too long';
    // Whoever asks first must not take the picture from the others by going.
    const nobody = new AbortController().signal;
    const take = () => this.#soon(nobody, late, (life) => channel.picture(life));
    return this.#soon(signal, late, () => this.#pictures.get(number, take));
  }

  async live(number: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const rooms = this.#rooms();
    if (this.#views >= MOST_VIEWS) throw new Refusal('busy', 'too many are looking at once');
    const { stream, video } = await rooms.channels.at(number).viewable(signal);
    signal.throwIfAborted();
    const source = { name: stream.name, stream, video, maxBitsPerSecond: 0 };
    this.#views++;
    const over = (): void => void this.#views--;
    signal.addEventListener('abort', over, { once: true });
    const late = (): Error => new GatewayError('timed-out', 'the camera shows no picture');
    const { clock } = this.#parts;
    // The deadline is for the beginning alone: what has begun lasts as long as the visitor.
    const begin = () => FlvView.open(rooms.feeds, source, signal);
    return withDeadline({ clock, ms: FIRST_PICTURE_MS, signal, late }, begin);
  }

  ptz(channel: number, wish: PtzWish, visitor: string): void {
    this.#hold.order(channel, wish, visitor);
  }

  visitorGone(visitor: string): void {
    this.#hold.gone(visitor);
  }

  /** For the end. */
  close(): void {
    this.#hold.close();
  }

  presets(number: number, signal: AbortSignal): Promise<ReadonlyArray<{ readonly id: number }>> {
    const { camera } = this.#channel(number);
    return this.#soon(signal, 'the camera took too long', async (life) =>
      (await camera.presetIds(life)).map((id) => ({ id })),
    );
  }

  async camera(number: number, signal: AbortSignal): Promise<CameraAnswer> {
    const { camera, state } = this.#channel(number);
    if (state.camera.presence !== 'online') throw new Refusal('channel-offline', 'the camera is not there');
    const picture = await this.#soon(signal, 'the camera took too long', (life) => camera.info(life));
    const { device, streams, services, clockOffsetMs } = picture;
    return {
      ...(device && { device }),
      ...(streams[0] && { host: streams[0].url.hostname }),
      streams: streams.map(streamSeen),
      services: [...services],
      ptz: services.includes('ptz'),
      ...(clockOffsetMs !== undefined && { clockOffsetMs: Math.round(clockOffsetMs) }),
    };
  }

  #soon<T>(signal: AbortSignal, words: string, work: (life: AbortSignal) => Promise<T>): Promise<T> {
    const late = (): Error => new GatewayError('timed-out', words);
    return withDeadline({ clock: this.#parts.clock, ms: ASK_MS, signal, late }, work);
  }

  /** @throws GatewayError `no-such-channel`; Refusal `set-up-first` */
  #channel(number: number): Channel {
    return this.#rooms().channels.at(number);
  }

  #rooms(): Rooms {
    const rooms = this.#parts.rooms();
    if (!rooms) throw new Refusal('set-up-first', 'there is no gateway at work');
    return rooms;
  }
}
