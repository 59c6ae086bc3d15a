import type { Packet } from '../../admin/api.ts';
import type { Clock } from '../../runtime/clock.ts';
import { isSecretName } from '../../runtime/secret-name.ts';
import { Ring } from './ring.ts';
import { beginning, textBytes } from './text-bytes.ts';

const MOST_PACKETS = 300;
const MOST_BYTES = 512 * 1024;
/** A packet that is longer is shown in part. */
const MOST_CHARACTERS = 20_000;
const MOST_TEXT = 300;
const MOST_METHOD = 60;
const MOST_PENDING = 200;

interface Pending {
  readonly method: string;
  readonly at: number;
}

/** What the packet said is kept as JSON: its bytes can be counted. */
interface Kept {
  readonly seen: Omit<Packet, 'packet'>;
  readonly json: string;
}

export interface PacketLogParts {
  readonly clock: Clock;
  /** Takes known secrets out of a text. */
  readonly scrub: (text: string) => string;
}

/** The last packets to and from the platform, answers paired with their requests, secrets taken out. */
export class PacketLog {
  readonly #parts: PacketLogParts;
  readonly #kept = new Ring<Kept>(MOST_PACKETS, { mostBytes: MOST_BYTES, bytesOf: ({ json }) => textBytes(json) });
  /** Requests without an answer yet, by who asked and their number. */
  readonly #pending = new Map<string, Pending>();
  #count = 0;

  constructor(parts: PacketLogParts) {
    this.#parts = parts;
  }

  get packets(): readonly Packet[] {
    return this.#kept.items.map(asPacket);
  }

  listen(tell: (packet: Packet) => void): () => void {
    return this.#kept.listen((kept) => tell(asPacket(kept)));
  }

  readonly note = (direction: Packet['direction'], text: string): void => {
    const { clock, scrub } = this.#parts;
    const seen = { id: ++this.#count, at: clock.wall().toISOString(), direction };
    const packet = text.length <= MOST_CHARACTERS ? object(scrub(text)) : undefined;
    const meaning = packet ? this.#meaning(direction, packet) : ({ kind: 'broken' } as const);
    const said = packet ? harmless(packet) : scrub(text.slice(0, MOST_TEXT));
    this.#kept.add({ seen: { ...seen, ...meaning }, json: JSON.stringify(said) });
  };

  #meaning(
    direction: Packet['direction'],
    packet: Readonly<Record<string, unknown>>,
  ): Pick<Packet, 'kind'> & Partial<Packet> {
    const seq = typeof packet.seq === 'number' ? packet.seq : undefined;
    if (typeof packet.event === 'string') return { kind: 'event', method: beginning(packet.event, MOST_METHOD) };
    if (typeof packet.req === 'string') {
      const method = beginning(packet.req, MOST_METHOD);
      if (seq === undefined) return { kind: 'broken', method };
      this.#await(`${direction} ${seq}`, method);
      return { kind: 'request', method, seq };
    }
    const kind = packet.err === undefined ? 'answer' : 'refusal';
    if (seq === undefined) return { kind: 'broken' };
    const key = `${direction === 'to-platform' ? 'from-platform' : 'to-platform'} ${seq}`;
    const asked = this.#pending.get(key);
    this.#pending.delete(key);
    if (!asked) return { kind, seq };
    return { kind, seq, method: asked.method, afterMs: Math.round(this.#parts.clock.now() - asked.at) };
  }

  #await(key: string, method: string): void {
    this.#pending.set(key, { method, at: this.#parts.clock.now() });
    const [oldest] = this.#pending.keys();
    if (this.#pending.size > MOST_PENDING && oldest !== undefined) this.#pending.delete(oldest);
  }
}

function asPacket({ seen, json }: Kept): Packet {
  const packet: unknown = JSON.parse(json);
  return { ...seen, packet };
}

function object(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Addresses keep their scheme and host: what follows may be a stream key, or let anybody upload. */
function harmless(value: unknown, name = ''): unknown {
  const isSecret = isSecretName(name) && (typeof value !== 'object' || value === null);
  if (isSecret) return '***';
  if (typeof value === 'string') {
    const [, origin] = /^([a-z][a-z\d+.-]*:\/\/)/i.exec(value) ?? [];
    if (origin === undefined) return value.length > MOST_TEXT ? `${value.slice(0, MOST_TEXT)}…` : value;
    const host = value.slice(origin.length).split(/[/?#]/)[0]?.split('@').at(-1) ?? '';
    return `${origin}${host}/***`;
  }
  if (Array.isArray(value)) return value.map((item) => harmless(item, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, harmless(item, key)]));
}
