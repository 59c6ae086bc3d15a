import { type ChallengeStyle, HttpDigest, type HttpUser } from '../../src/simulator/camera/http-digest.ts';
import { Mount, type MountParts, type Player } from '../../src/simulator/camera/rtsp-mount.ts';
import type { InterleavedFrame } from '../../src/simulator/camera/rtsp-parser.ts';
import { runRtspServer } from '../../src/simulator/camera/rtsp-server.ts';
import { runSource, type SourceParts } from '../../src/simulator/camera/source.ts';
import type { Ending } from './feed-room.ts';
import { readableLog } from './readable-log.ts';

/** Beyond the first key frame and some pictures after it. */
const PICTURE_PACKETS_FIRST = 120;
const FIRST_SOUND_LANE = 2;
const STYLE: ChallengeStyle = { scheme: 'Digest', algorithms: ['MD5'], qop: undefined, basic: false };

/** Holds the sound back at each join until pictures have been played, and then sends it with the times it had. */
export class LateSound extends Mount {
  #pictures = 0;
  readonly #held: Array<readonly [number, InterleavedFrame]> = [];

  override join(player: Player, channels: ReadonlyMap<number, number>): void {
    this.#pictures = 0;
    this.#held.length = 0;
    super.join(player, channels);
  }

  override relay(lane: number, frame: InterleavedFrame): void {
    if (lane === 0) this.#pictures++;
    const holds = this.#pictures < PICTURE_PACKETS_FIRST;
    if (holds && lane >= FIRST_SOUND_LANE) {
      this.#held.push([lane, { ...frame, bytes: Buffer.from(frame.bytes) }]);
      return;
    }
    if (!holds) for (const [late, held] of this.#held.splice(0)) super.relay(late, held);
    super.relay(lane, frame);
  }
}

/** Sends no sender reports, without which a player knows the times of the packets alone. */
export class Unreported extends Mount {
  override relay(lane: number, frame: InterleavedFrame): void {
    if (lane % 2 === 0) super.relay(lane, frame);
  }
}

export interface OddCameraParts {
  readonly mount: new (parts: MountParts) => Mount;
  readonly show: SourceParts['show'];
  readonly joinsMidGop: boolean;
  readonly credentials: HttpUser;
}

/** A camera with nothing but RTSP, H.264 and one odd habit; ends with the test. */
export async function oddCamera(
  t: Ending,
  { mount: Odd, show, joinsMidGop, credentials }: OddCameraParts,
): Promise<URL> {
  const stop = new AbortController();
  const { log } = readableLog();
  const mood = () => ({ stalls: false, drops: false, joinsMidGop });
  let shown = (): void => undefined;
  const onAir = new Promise<void>((resolve) => {
    shown = resolve;
  });
  const mount = new Odd({ path: '/odd', codec: 'H264', mood, onPublished: () => shown() });
  const digest = new HttpDigest(credentials);
  const login = () => ({ digest, style: STYLE, refusesAll: false });
  const parts = { at: { host: '127.0.0.1', port: 0 }, mounts: [mount], login, sessionTimeoutSeconds: 60, log };
  let served: Promise<void> = Promise.resolve();
  const port = await new Promise<number>((ready, failed) => {
    served = runRtspServer(parts, stop.signal, ready);
    served.catch(failed);
  });
  const to = new URL(mount.publishPath, `rtsp://127.0.0.1:${port}`);
  const played = runSource({ show, to, log }, stop.signal);
  t.after(async () => {
    stop.abort();
    await Promise.all([served, played]);
  });
  await onAir;
  return new URL(mount.path, to);
}
