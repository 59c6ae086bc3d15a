import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { type ChannelReport, REQUESTS } from '../../ovc/protocol.ts';
import type { Clock } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import type { Answers } from './answers.ts';
import { Bell } from './bell.ts';
import { Conversation, type TimedAnswer } from './conversation.ts';
import type { LinkFaults } from './faults.ts';
import type { Packet } from './packet.ts';
import { type BookLimits, type Entry, PacketBook } from './packet-book.ts';

/**
 * A device as the platform knows it, over all its connections: there or not, what it last said of itself and its
 * channels, and the record of every packet.
 */

export interface DeviceParts {
  readonly code: string;
  readonly answers: Answers;
  readonly faults: () => LinkFaults;
  readonly limits: BookLimits;
  /** The platform's; the device's own rings it too. */
  readonly bell: Bell;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends with the platform. */
  readonly signal: AbortSignal;
}

/** What the device said of itself when it logged in. */
export interface Models {
  readonly hardware: string;
  readonly firmware: string;
}

/** Everything about a device but its packets. */
export interface DeviceReport {
  readonly code: string;
  /** Offline after 30 s of silence; a reconnect within that is no offline. */
  readonly presence: 'online' | 'offline';
  /** Whether a connection is open right now. */
  readonly connected: boolean;
  readonly models: Models | undefined;
  readonly logins: number;
  readonly offlines: number;
  readonly keepalives: number;
  /** Faults found in what it sent, over all connections. */
  readonly faults: number;
  /** From the last Keepalive: 1 online, 2 upgrading, 3 abnormal. */
  readonly state: number | undefined;
  readonly channels: readonly ChannelReport[];
}

/** Silence after which the platform calls a device offline (OVS RPC §1). */
const OFFLINE_MS = 30_000;

export class Device {
  /** Rings at every packet and every change of this device. */
  readonly bell: Bell;
  readonly #parts: DeviceParts;
  readonly #book: PacketBook;
  #conversation: Conversation | undefined;
  #presence: DeviceReport['presence'] = 'offline';
  #models: Models | undefined;
  #logins = 0;
  #offlines = 0;
  #keepalives = 0;
  #state: number | undefined;
  #channels: readonly ChannelReport[] = [];
  #heardMs = 0;

  constructor(parts: DeviceParts) {
    this.#parts = parts;
    this.bell = new Bell(parts.bell);
    this.#book = new PacketBook(parts.limits, parts.clock, this.bell);
  }

  get report(): DeviceReport {
    return {
      code: this.#parts.code,
      presence: this.#presence,
      connected: this.#conversation !== undefined,
      models: this.#models,
      logins: this.#logins,
      offlines: this.#offlines,
      keepalives: this.#keepalives,
      faults: this.#book.faults,
      state: this.#state,
      channels: this.#channels,
    };
  }

  /** Packets and notes, the oldest first. */
  get packets(): readonly Entry[] {
    return this.#book.entries;
  }

  /** What came after the entry of that number. */
  packetsAfter(number: number): readonly Entry[] {
    return this.#book.after(number);
  }

  /** Notes that a login was refused, for whoever watches. */
  refused(why: string): void {
    this.#book.add({ direction: 'note', text: `login refused: ${why}` });
  }

  /** A login that was accepted, until its connection ends. A device has one connection: the newest. */
  async serve(socket: WebSocket, models: Models): Promise<void> {
    const { code, answers, faults, clock, log, signal } = this.#parts;
    this.#conversation?.cut();
    const heard = (packet: Packet): void => this.#onHeard(packet);
    const parts = { code, book: this.#book, answers, faults, heard, clock, log };
    const conversation = new Conversation(socket, parts, signal);
    this.#conversation = conversation;
    this.#models = models;
    this.#logins++;
    this.#book.add({ direction: 'note', text: `logged in: ${models.hardware}, ${models.firmware}` });
    this.#wake();
    await conversation.run();
    // A newer login may have taken the place.
    if (this.#conversation === conversation) this.#conversation = undefined;
    this.bell.ring();
  }

  /**
   * Asks the device.
   * @throws GatewayError `link-lost`, `timed-out`
   */
  async request(name: string, params: unknown, timeoutMs: number): Promise<TimedAnswer> {
    return this.#connection().request(name, params, timeoutMs);
  }

  /**
   * Sends a text as it is.
   * @throws GatewayError `link-lost`
   */
  say(text: string): Entry {
    return this.#connection().say(text);
  }

  /**
   * Sends bytes as a binary message.
   * @throws GatewayError `link-lost`
   */
  sayBytes(bytes: Buffer): Entry {
    return this.#connection().sayBytes(bytes);
  }

  /** Breaks the connection off, if there is one. */
  cut(): void {
    this.#conversation?.cut();
  }

  #connection(): Conversation {
    if (!this.#conversation) throw new GatewayError('link-lost', 'the device is not connected');
    return this.#conversation;
  }

  #onHeard(packet: Packet): void {
    this.#wake();
    if (packet.kind !== 'request' || packet.name !== 'Keepalive') return;
    this.#keepalives++;
    const said = REQUESTS.Keepalive.params.safeParse(packet.params);
    if (!said.success) return;
    this.#state = said.data.state;
    this.#channels = said.data.channels;
  }

  #wake(): void {
    this.#heardMs = this.#parts.clock.now();
    if (this.#presence === 'online') return;
    this.#presence = 'online';
    void this.#watchSilence();
  }

  async #watchSilence(): Promise<void> {
    const { clock, signal } = this.#parts;
    for (let leftMs = OFFLINE_MS; leftMs > 0; leftMs = this.#heardMs + OFFLINE_MS - clock.now()) {
      await clock.sleep(leftMs, signal);
      if (signal.aborted) return;
    }
    this.#presence = 'offline';
    this.#offlines++;
    this.#book.add({ direction: 'note', text: 'offline: silent for 30 s' });
    this.#conversation?.cut();
  }
}
