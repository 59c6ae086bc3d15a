import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { ChallengeStyle, HttpDigest } from './http-digest.ts';
import { controlsOf, type Mount, type Player } from './rtsp-mount.ts';
import type { InterleavedFrame, RtspRequest } from './rtsp-parser.ts';

export interface RtspReply {
  readonly status: number;
  readonly headers?: ReadonlyArray<readonly [string, string]>;
  readonly body?: string;
}

/** What the camera thinks of a player's login; read at every request, so that a switch shows at once. */
export interface RtspLogin {
  readonly digest: HttpDigest;
  readonly style: ChallengeStyle;
  /** Refuses the right password too. */
  readonly refusesAll: boolean;
}

export interface SessionParts {
  readonly mounts: readonly Mount[];
  readonly login: () => RtspLogin;
  readonly sessionTimeoutSeconds: number;
  readonly socket: Socket;
}

/** A player that lets this much pile up is dropped: it will never catch up, and it is not our memory to fill. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;
const MOST_TRACKS = 8;

type Answerer = (session: RtspSession, mount: Mount, request: RtspRequest) => RtspReply;

/** What a player may ask; everything else is 501. */
const FOR_PLAYERS: ReadonlyMap<string, Answerer> = new Map<string, Answerer>([
  ['DESCRIBE', (session, mount, request) => session.describe(mount, request)],
  ['SETUP', (session, mount, request) => session.setUp(mount.sdp, trackName(mount.path, request), request)],
  ['PLAY', (session, mount) => session.play(mount)],
  ['PAUSE', (session, mount) => session.pause(mount)],
  ['TEARDOWN', (session, mount) => session.tearDown(mount)],
  ['GET_PARAMETER', (session) => session.alive()],
  ['SET_PARAMETER', (session) => session.alive()],
]);

/** What the source may ask, on the path that only it knows. */
const FOR_THE_SOURCE: ReadonlyMap<string, Answerer> = new Map<string, Answerer>([
  ['ANNOUNCE', (session, _mount, request) => session.announce(request)],
  [
    'SETUP',
    (session, mount, request) => session.setUp(session.announced, trackName(mount.publishPath, request), request),
  ],
  ['RECORD', (session, mount) => session.record(mount)],
  ['TEARDOWN', (session, mount) => session.tearDown(mount)],
]);

const PUBLIC = ['OPTIONS', ...FOR_PLAYERS.keys()].join(', ');

/** One connection's conversation, of a player or of the source. Requests come parsed; the socket is only written to. */
export class RtspSession implements Player {
  readonly #parts: SessionParts;
  readonly #id = randomBytes(8).toString('hex');
  /** Lane to this connection's channel, as agreed by SETUP. */
  readonly #channels = new Map<number, number>();
  #announced: string | undefined;
  #source: { readonly mount: Mount; readonly lanes: ReadonlyMap<number, number> } | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  get announced(): string | undefined {
    return this.#announced;
  }

  answer(request: RtspRequest): RtspReply {
    if (request.method === 'OPTIONS') return { status: 200, headers: [['Public', PUBLIC]] };
    const path = pathOf(request.target);
    const published = this.#parts.mounts.find((mount) => isUnder(mount.publishPath, path));
    if (published) return FOR_THE_SOURCE.get(request.method)?.(this, published, request) ?? { status: 405 };
    const answerer = FOR_PLAYERS.get(request.method);
    if (!answerer) return { status: 501 };
    const mount = this.#parts.mounts.find((each) => isUnder(each.path, path));
    if (!mount) return { status: 404 };
    return this.#refusal(mount, request) ?? answerer(this, mount, request);
  }

  /** A packet from the other side: the source's media, or a player's receiver report, which nobody needs. */
  hear(frame: InterleavedFrame): void {
    const lane = this.#source?.lanes.get(frame.channel);
    if (lane !== undefined) this.#source?.mount.relay(lane, frame);
  }

  /** The connection is gone. */
  end(): void {
    this.#source?.mount.unpublish(this);
    for (const mount of this.#parts.mounts) mount.leave(this);
  }

  send(frame: Buffer): void {
    const { socket } = this.#parts;
    if (socket.writableLength > MOST_WAITING_BYTES) {
      this.drop();
      return;
    }
    // The packets of one video frame come together; one system call for all of them halves the relay's cost.
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    socket.write(frame);
  }

  drop(): void {
    this.#parts.socket.destroy();
  }

  describe(mount: Mount, { target }: RtspRequest): RtspReply {
    mount.count('describes');
    if (mount.sdp === undefined) return { status: 503 };
    const headers = [
      ['Content-Base', `${target.replace(/\/$/, '')}/`],
      ['Content-Type', 'application/sdp'],
    ] as const;
    return { status: 200, headers, body: mount.sdp };
  }

  setUp(sdp: string | undefined, track: string, request: RtspRequest): RtspReply {
    const transport = request.headers.get('transport') ?? '';
    const [, rtp, rtcp] = /RTP\/AVP\/TCP;.*interleaved=(\d{1,3})-(\d{1,3})/i.exec(transport) ?? [];
    if (rtp === undefined || Number(rtp) > 255 || Number(rtcp) > 255) return { status: 461 };
    const index = sdp === undefined ? -1 : controlsOf(sdp).indexOf(track);
    if (index < 0 || index >= MOST_TRACKS) return { status: 404 };
    this.#channels.set(2 * index, Number(rtp));
    this.#channels.set(2 * index + 1, Number(rtcp));
    return { status: 200, headers: [['Transport', transport], this.#session()] };
  }

  play(mount: Mount): RtspReply {
    if (this.#channels.size === 0) return { status: 455 };
    mount.count('plays');
    this.#parts.socket.setTimeout(0);
    // The answer has to leave before the first packet does.
    queueMicrotask(() => mount.join(this, this.#channels));
    return { status: 200, headers: [this.#session(), ['Range', 'npt=0.000-']] };
  }

  pause(mount: Mount): RtspReply {
    mount.leave(this);
    return this.alive();
  }

  tearDown(mount: Mount): RtspReply {
    mount.leave(this);
    this.#parts.socket.end();
    return this.alive();
  }

  alive(): RtspReply {
    return { status: 200, headers: [this.#session()] };
  }

  announce({ body }: RtspRequest): RtspReply {
    this.#announced = body;
    return { status: 200 };
  }

  record(mount: Mount): RtspReply {
    if (this.#announced === undefined) return { status: 455 };
    this.#parts.socket.setTimeout(0);
    this.#source = { mount, lanes: new Map(Array.from(this.#channels, ([lane, channel]) => [channel, lane])) };
    mount.publish(this.#announced, this);
    return this.alive();
  }

  #session(): readonly [string, string] {
    return ['Session', `${this.#id};timeout=${this.#parts.sessionTimeoutSeconds}`];
  }

  /** The 401 for a player that is not let in. */
  #refusal(mount: Mount, { method, target, headers }: RtspRequest): RtspReply | undefined {
    const { digest, style, refusesAll } = this.#parts.login();
    const verdict = digest.verdict({ authorization: headers.get('authorization'), method, target });
    if (verdict === 'right' && !refusesAll) return undefined;
    if (verdict !== 'absent') mount.count('authFailures');
    return { status: 401, headers: digest.challenges(style).map((challenge) => ['WWW-Authenticate', challenge]) };
  }
}

function pathOf(target: string): string {
  return target.replace(/^rtsps?:\/\/[^/]*/i, '') || '/';
}

function isUnder(parent: string, path: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}

function trackName(parent: string, { target }: RtspRequest): string {
  return pathOf(target).slice(parent.length + 1);
}
