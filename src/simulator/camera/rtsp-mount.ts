import { randomUUID } from 'node:crypto';
import type { FilmSetting } from './film.ts';
import { KeyFrameStart } from './key-frame-start.ts';
import type { InterleavedFrame } from './rtsp-parser.ts';

/** Takes frames whose channel is already the player's own. */
export interface Player {
  send(frame: Buffer): void;
  drop(): void;
}

/** How the camera feels at the moment; asked at every packet, so that a switch shows at once. */
export interface StreamMood {
  /** Sessions stay open and no packet leaves: the camera that freezes. */
  readonly stalls: boolean;
  /** Each player is cut off as soon as packets flow. */
  readonly drops: boolean;
  /** A new player gets what comes next, wherever in the group of pictures that is. */
  readonly joinsMidGop: boolean;
}

export interface MountParts {
  /** Where players find it, such as `/live/main`; may have a query. */
  readonly path: string;
  readonly codec: FilmSetting['codec'];
  readonly mood: () => StreamMood;
  readonly onPublished: () => void;
}

/** What has happened at one mount since the camera was made; `players` is now. */
export interface MountCounts {
  readonly describes: number;
  readonly plays: number;
  readonly authFailures: number;
  readonly players: number;
}

/** A lane is one direction of one track, whoever numbers it: 2n carries the RTP of track n, 2n+1 its RTCP. */
type Lane = number;

interface Joined {
  readonly channels: ReadonlyMap<Lane, number>;
  /** Lanes whose first whole frame has begun: what came before it is the tail of a frame the player never saw. */
  readonly open: Set<Lane>;
}

const RTP_TIMESTAMP_AT = 8;
const SHORTEST_RTP_FRAME_BYTES = 16;

/**
 * One stream of the camera: the place where its source's packets are handed to every player.
 * Knows SDP and packets; sessions and sockets are the RTSP server's.
 */
export class Mount {
  readonly path: string;
  /** Where the source publishes; nobody else knows it. */
  readonly publishPath = `/publish/${randomUUID()}`;
  #published: { readonly sdp: string; readonly source: object } | undefined;
  readonly #players = new Map<Player, Joined>();
  readonly #reports = new Map<Lane, Buffer>();
  readonly #timestamps = new Map<Lane, number>();
  readonly #start: KeyFrameStart;
  readonly #counts = { describes: 0, plays: 0, authFailures: 0 };
  readonly #parts: MountParts;

  constructor(parts: MountParts) {
    this.#parts = parts;
    this.path = parts.path;
    this.#start = new KeyFrameStart(parts.codec);
  }

  get counts(): MountCounts {
    return { ...this.#counts, players: this.#players.size };
  }

  count(event: 'describes' | 'plays' | 'authFailures'): void {
    this.#counts[event] += 1;
  }

  /** The description for players while a source publishes. */
  get sdp(): string | undefined {
    return this.#published?.sdp;
  }

  publish(sdp: string, source: object): void {
    this.#published = { sdp, source };
    this.#reports.clear();
    this.#timestamps.clear();
    this.#start.clear();
    this.#parts.onPublished();
  }

  /** The source is gone; players notice as they would with a camera that restarts its encoder. */
  unpublish(source: object): void {
    if (this.#published?.source !== source) return;
    this.#published = undefined;
    this.dropPlayers();
  }

  dropPlayers(): void {
    for (const player of this.#players.keys()) player.drop();
  }

  join(player: Player, channels: ReadonlyMap<Lane, number>): void {
    const joined = { channels, open: new Set<Lane>() };
    this.#players.set(player, joined);
    const { stalls, joinsMidGop } = this.#parts.mood();
    if (stalls) return;
    const start = joinsMidGop ? [] : this.#start.packets;
    // A report later than the first picture would make ffmpeg put that picture elsewhere than the ones that follow;
    // without a start, the last reports let a player line picture and sound up at once.
    if (start.length === 0) for (const [lane, report] of this.#reports) hand(player, channels.get(lane), report);
    for (const { lane, bytes } of start) {
      joined.open.add(lane);
      hand(player, channels.get(lane), bytes);
    }
  }

  leave(player: Player): void {
    this.#players.delete(player);
  }

  /** One packet of the source. */
  relay(lane: Lane, { bytes }: InterleavedFrame): void {
    const isReport = lane % 2 === 1;
    if (isReport) this.#reports.set(lane, Buffer.from(bytes));
    const begins = isReport || this.#beginsFrame(lane, bytes);
    this.#start.add(lane, bytes, begins);
    const { stalls, drops } = this.#parts.mood();
    if (drops) this.dropPlayers();
    if (stalls || drops) return;
    for (const [player, { channels, open }] of this.#players) {
      if (begins) open.add(lane);
      if (open.has(lane)) hand(player, channels.get(lane), bytes);
    }
  }

  /** Packets of one frame share a timestamp, whatever the codec. */
  #beginsFrame(lane: Lane, bytes: Buffer): boolean {
    if (bytes.length < SHORTEST_RTP_FRAME_BYTES) return false;
    const timestamp = bytes.readUInt32BE(RTP_TIMESTAMP_AT);
    const before = this.#timestamps.get(lane);
    this.#timestamps.set(lane, timestamp);
    return before !== timestamp;
  }
}

/** Numbers the frame as the player asked for; a copy is needed only where the source numbered it otherwise. */
function hand(player: Player, channel: number | undefined, bytes: Buffer): void {
  if (channel === undefined) return;
  if (bytes.readUInt8(1) === channel) {
    player.send(bytes);
    return;
  }
  const renumbered = Buffer.from(bytes);
  renumbered.writeUInt8(channel, 1);
  player.send(renumbered);
}

/** The control names of an SDP's tracks, in order: the index is the track's number. */
export function controlsOf(sdp: string): string[] {
  const [, ...media] = sdp.split(/^m=/m);
  return media.map((section) => /^a=control:(\S+)/m.exec(section)?.[1] ?? '');
}
