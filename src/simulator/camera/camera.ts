import type { Logger } from 'pino';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { aborted } from '../../runtime/scope.ts';
import type { Secret } from '../../runtime/secret.ts';
import { together } from '../../runtime/supervise.ts';
import { Task } from '../../runtime/task.ts';
import type { BadHabitName } from './bad-habits.ts';
import { cameraResponder } from './discovery-responder.ts';
import { type Equipment, equipment } from './equipment.ts';
import { Habits } from './habits.ts';
import { HttpDigest } from './http-digest.ts';
import { type HttpReply, type HttpRequest, runHttpServer } from './http-server.ts';
import { type ProfileSetting, type ProfileToken, snapshotPath, streamPath } from './profiles.ts';
import type { Projector } from './projector.ts';
import { projectorsOf } from './projectors.ts';
import type { MountCounts } from './rtsp-mount.ts';
import { runRtspServer } from './rtsp-server.ts';
import type { RtspLogin } from './rtsp-session.ts';
import { SERVICES, type SoapCounts, SoapDesk } from './soap-server.ts';
import type { CameraIdentity, CameraView } from './soap-service.ts';
import { WsSecurity } from './ws-security.ts';

export interface VirtualCameraOptions extends CameraIdentity {
  readonly username: string;
  readonly password: Secret;
  /** What differs from `TEST_MAIN`. */
  readonly main?: Partial<ProfileSetting> | undefined;
  /** What differs from `TEST_SUB`; a camera without it has the main profile only. */
  readonly sub?: Partial<ProfileSetting> | undefined;
  readonly habits?: readonly BadHabitName[];
  /** The number of the surroundings that it looks at in place of a test film, where its head shows; costs an encoder. */
  readonly surroundings?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: the system chooses. */
  readonly onvifPort?: number;
  readonly rtspPort?: number;
  /** What the RTSP Session header promises; default 60. */
  readonly sessionTimeoutSeconds?: number;
  /** Answers WS-Discovery, also for a group where one is given; cameras have port 3702. */
  readonly discovery?: { readonly port: number; readonly group?: string } | undefined;
  /** How long a reboot takes; default 5. */
  readonly bootSeconds?: number;
}

export interface VirtualCameraWorld {
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly clock?: Clock;
}

const REBOOT_MS = 200;
const BOOT_SECONDS = 5;

/**
 * A camera to be tested and shown with: real sockets, real media, and bad habits at the turn of a switch. Lives until
 * its signal aborts or it is closed; it can lose its power and get it back on the same ports.
 */
export class VirtualCamera {
  readonly habits: Habits;
  readonly equipment: Equipment;
  readonly #options: VirtualCameraOptions;
  readonly #world: VirtualCameraWorld;
  readonly #clock: Clock;
  readonly #profiles: readonly Projector[];
  readonly #digest: HttpDigest;
  readonly #desk: SoapDesk;
  readonly #ports: { onvif: number; rtsp: number };
  #snapshots = 0;
  #power: Task | undefined;
  /** What must happen before the camera counts as up. */
  #awaited = new Set<string>();
  #up: () => void = () => undefined;

  private constructor(options: VirtualCameraOptions, world: VirtualCameraWorld) {
    this.#options = options;
    this.#world = world;
    this.#clock = world.clock ?? systemClock;
    this.#ports = { onvif: options.onvifPort ?? 0, rtsp: options.rtspPort ?? 0 };
    this.habits = new Habits(options.habits ?? [], (name) => this.#habitChanged(name));
    this.equipment = equipment({ clock: this.#clock, habits: this.habits, log: world.log });
    this.#profiles = projectorsOf(options, {
      ...{ habits: this.habits, position: () => this.equipment.ptz.position, clock: this.#clock, log: world.log },
      onPublished: (token) => this.#arrived(token),
    });
    this.#digest = new HttpDigest(options);
    const wsSecurity = new WsSecurity(options, () => this.#time().getTime());
    this.#desk = new SoapDesk({ camera: this.#view(), wsSecurity, digest: this.#digest });
  }

  /** Resolves when both ports listen and every profile has pictures. */
  static async start(options: VirtualCameraOptions, world: VirtualCameraWorld): Promise<VirtualCamera> {
    const camera = new VirtualCamera(options, world);
    await camera.powerOn();
    return camera;
  }

  get host(): string {
    return this.#options.host ?? '127.0.0.1';
  }

  get onvifPort(): number {
    return this.#ports.onvif;
  }

  get rtspPort(): number {
    return this.#ports.rtsp;
  }

  /** Where a profile's stream is, without user info and bad habits. */
  rtspUrl(profile: ProfileToken): URL {
    return new URL(`rtsp://${this.host}:${this.rtspPort}${streamPath(profile)}`);
  }

  get counts(): { soap: SoapCounts; snapshots: number; rtsp: Readonly<Partial<Record<ProfileToken, MountCounts>>> } {
    const rtsp = Object.fromEntries(this.#profiles.map(({ token, mount }) => [token, mount.counts]));
    return { soap: this.#desk.counts, snapshots: this.#snapshots, rtsp };
  }

  /** Cuts every player off, once. */
  dropPlayers(): void {
    for (const { mount } of this.#profiles) mount.dropPlayers();
  }

  /** Resolves when every socket is closed and every child is gone. */
  async powerOff(): Promise<void> {
    const power = this.#power;
    this.#power = undefined;
    await power?.stop();
  }

  /** Resolves as `start` does; a camera that is on stays as it is. Rejects when a port cannot be had. */
  async powerOn(): Promise<void> {
    this.#power ??= this.#powered();
    await this.#power.ready;
  }

  /** Goes down in a moment, when the order has been answered, and comes back after its boot time. */
  async reboot(): Promise<void> {
    const { signal, log } = this.#world;
    try {
      await this.#clock.sleep(REBOOT_MS, signal);
      await this.powerOff();
      this.equipment.events.forgetAll();
      await this.#clock.sleep((this.#options.bootSeconds ?? BOOT_SECONDS) * 1000, signal);
      if (!signal.aborted) await this.powerOn();
    } catch (err) {
      log.error({ err }, 'virtual camera did not come back from its reboot');
    }
  }

  /** The same as losing power, for good; resolves too when the signal has done it already. */
  close(): Promise<void> {
    return this.powerOff();
  }

  #powered(): Task {
    const task = new Task((signal, ready) => this.#run(signal, ready), this.#world.signal);
    task.done
      .catch((err: unknown) => this.#world.log.error({ err }, 'virtual camera failed'))
      .finally(() => {
        if (this.#power === task) this.#power = undefined;
      });
    return task;
  }

  async #run(signal: AbortSignal, ready: () => void): Promise<void> {
    this.#awaited = new Set([
      ...(this.#options.discovery ? ['discovery'] : []),
      'onvif',
      'rtsp',
      ...this.#profiles.map(({ token }) => token),
    ]);
    this.#up = ready;
    let listens = (): void => undefined;
    const listening = new Promise<void>((resolve) => {
      listens = resolve;
    });
    const films = this.#profiles.map((projector) => ({
      run: async (life: AbortSignal): Promise<void> => {
        await Promise.race([listening, aborted(life)]);
        await projector.run(new URL(`rtsp://${this.host}:${this.rtspPort}`), life);
      },
    }));
    const servers = [
      { run: (life: AbortSignal) => this.#serveRtsp(life, listens) },
      { run: (life: AbortSignal) => this.#serveOnvif(life) },
    ];
    const { discovery } = this.#options;
    const announce =
      discovery && cameraResponder({ ...discovery, camera: this.#view() }, () => this.#arrived('discovery'));
    await together(signal, [...servers, ...(announce ? [announce] : []), ...films]);
  }

  async #serveRtsp(signal: AbortSignal, listens: () => void): Promise<void> {
    const mounts = this.#profiles.map(({ mount }) => mount);
    const { sessionTimeoutSeconds = 60 } = this.#options;
    const at = { host: this.host, port: this.#ports.rtsp };
    const parts = { at, mounts, login: () => this.#rtspLogin(), sessionTimeoutSeconds, log: this.#world.log };
    await runRtspServer(parts, signal, (port) => {
      this.#ports.rtsp = port;
      listens();
      this.#arrived('rtsp');
    });
  }

  async #serveOnvif(signal: AbortSignal): Promise<void> {
    const at = { host: this.host, port: this.#ports.onvif };
    const answer = async (request: HttpRequest, life: AbortSignal): Promise<HttpReply> =>
      this.habits.reply(await this.#answer(request, life));
    await runHttpServer({ at, answer, log: this.#world.log }, signal, (port) => {
      this.#ports.onvif = port;
      this.#arrived('onvif');
    });
  }

  async #answer(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    const profile = this.#profiles.find(({ token }) => request.target === snapshotPath(token));
    if (!profile) return this.#desk.answer(request, signal);
    const refusal = this.#desk.httpRefusal(request);
    if (refusal) return refusal;
    this.#snapshots += 1;
    return { kind: 'picture', status: 200, contentType: 'image/jpeg', body: await profile.still(signal) };
  }

  #rtspLogin(): RtspLogin {
    const { habits } = this;
    const algorithms = habits.has('rtsp-two-digests') ? (['MD5', 'SHA-256'] as const) : (['MD5'] as const);
    // RTSP clients of the field know the old digest without qop; a camera that offers more locks them out.
    const style = { scheme: 'Digest', algorithms, qop: undefined, basic: false } as const;
    return { digest: this.#digest, style, refusesAll: habits.has('rtsp-refuses-login') };
  }

  #view(): CameraView {
    const { name, serial, mac } = this.#options;
    const { habits } = this;
    const http = (): string => `http://${this.host}:${this.onvifPort}`;
    return {
      identity: { name, serial, mac },
      host: this.host,
      profiles: this.#profiles,
      habits,
      ...this.equipment,
      reboot: () => void this.reboot(),
      serviceUri: (path) => `${http()}${path}`,
      time: () => this.#time(),
      streamUri: ({ token }) => habits.address(`rtsp://${this.host}:${this.rtspPort}${streamPath(token)}`, 'stream'),
      snapshotUri: ({ token }) => habits.address(`${http()}${snapshotPath(token)}`, 'snapshot'),
      services: () =>
        SERVICES.filter(({ isAnnounced }) => isAnnounced(habits)).map((service) => ({
          service,
          xaddr: habits.address(`${http()}${service.path}`, 'xaddr'),
        })),
    };
  }

  #time(): Date {
    return new Date(this.#clock.wall().getTime() + this.habits.clockSkewMs);
  }

  #arrived(what: string): void {
    this.#awaited.delete(what);
    if (this.#awaited.size === 0) this.#up();
  }

  #habitChanged(name: BadHabitName): void {
    if (name === 'slow-key-frames') for (const projector of this.#profiles) projector.changeFilm();
  }
}
