import type { TestContext } from 'node:test';
import type { Credentials } from '../../src/channel/ports.ts';
import { OnvifSession } from '../../src/onvif/session.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { BadHabitName } from '../../src/simulator/camera/bad-habits.ts';
import { cameraResponder } from '../../src/simulator/camera/discovery-responder.ts';
import { type Equipment, equipment } from '../../src/simulator/camera/equipment.ts';
import { Habits } from '../../src/simulator/camera/habits.ts';
import { HttpDigest } from '../../src/simulator/camera/http-digest.ts';
import { type HttpRequest, runHttpServer } from '../../src/simulator/camera/http-server.ts';
import { TEST_MAIN, TEST_SUB } from '../../src/simulator/camera/profiles.ts';
import { SERVICES, type SoapCounts, SoapDesk } from '../../src/simulator/camera/soap-server.ts';
import type { CameraIdentity, CameraView } from '../../src/simulator/camera/soap-service.ts';
import { WsSecurity } from '../../src/simulator/camera/ws-security.ts';
import { ADMIN, fact } from './onvif-visit.ts';
import { readableLog } from './readable-log.ts';

export interface LeanWishes {
  /** Default 127.0.0.1; each of 127.0.0.x is a host of its own. */
  readonly host?: string;
  readonly port?: number;
  readonly identity?: CameraIdentity;
  readonly user?: Credentials;
}

/** The SOAP side of the virtual camera alone: no film, no RTSP, so that it stands in a millisecond. */
export class LeanCamera implements Equipment {
  readonly habits = new Habits([], () => undefined);
  readonly ptz: Equipment['ptz'];
  readonly presets: Equipment['presets'];
  readonly events: Equipment['events'];
  /** The requests, in their order. */
  readonly heard: HttpRequest[] = [];
  readonly #desk: SoapDesk;
  readonly #clock: Clock;
  readonly #wishes: LeanWishes;
  /** Where it is; another host from the next `listen` on. */
  host: string;
  #port = 0;

  private constructor(clock: Clock, wishes: LeanWishes) {
    this.#clock = clock;
    this.#wishes = wishes;
    this.host = wishes.host ?? '127.0.0.1';
    this.#port = wishes.port ?? 0;
    const user = wishes.user ?? ADMIN;
    const { ptz, presets, events } = equipment({ clock, habits: this.habits, log: readableLog().log });
    this.ptz = ptz;
    this.presets = presets;
    this.events = events;
    const wsSecurity = new WsSecurity(user, () => this.#time().getTime());
    this.#desk = new SoapDesk({ camera: this.#view(), wsSecurity, digest: new HttpDigest(user) });
  }

  static async start(
    t: TestContext,
    clock: Clock,
    habits: readonly BadHabitName[] = [],
    wishes: LeanWishes = {},
    listens = true,
  ): Promise<LeanCamera> {
    const camera = new LeanCamera(clock, wishes);
    for (const habit of habits) camera.habits.set(habit, true);
    if (listens) await camera.listen(t);
    return camera;
  }

  /** Listens, at the same port as before if it did; what it gives back takes the camera off the network. */
  async listen(t: TestContext): Promise<() => Promise<void>> {
    const stop = new AbortController();
    const { log } = readableLog();
    const answer = async (request: HttpRequest, signal: AbortSignal) => {
      this.heard.push(request);
      return this.habits.reply(await this.#desk.answer(request, signal));
    };
    let done: Promise<void> = Promise.resolve();
    await new Promise<void>((ready, failed) => {
      const at = { host: this.host, port: this.#port };
      done = runHttpServer({ at, answer, log }, stop.signal, (port) => {
        this.#port = port;
        ready();
      });
      done.catch(failed);
    });
    const off = async (): Promise<void> => {
      stop.abort();
      await done;
    };
    t.after(off);
    return off;
  }

  get port(): number {
    return this.#port;
  }

  /** What it has counted of requests and logins. */
  get counts(): SoapCounts {
    return this.#desk.counts;
  }

  /** Answers WS-Discovery, from where it is now, until the signal aborts; resolves then. */
  async announce(at: { readonly port: number; readonly group: string }, signal: AbortSignal): Promise<void> {
    await cameraResponder({ ...at, camera: this.#view() }).run(signal);
  }

  /** The address of one of its services. */
  at(path: string): URL {
    return new URL(path, `http://${this.host}:${this.#port}`);
  }

  /** How often an operation was asked for. */
  count(operation: string): number {
    return this.#desk.counts.operations.get(operation) ?? 0;
  }

  asked(operation: string, times = 1): Promise<void> {
    return fact(() => this.count(operation) >= times);
  }

  /** The bodies of all requests for an operation. */
  bodies(operation: string): string[] {
    return this.heard.map(({ body }) => body).filter((body) => body.includes(`:${operation}>`));
  }

  /** A SOAP session with it, on its own clock. */
  session(t: TestContext): OnvifSession {
    const { log } = readableLog();
    const device = this.at('/onvif/device_service');
    const session = new OnvifSession({ device, credentials: ADMIN, clock: this.#clock, log });
    t.after(() => session.close());
    return session;
  }

  #time(): Date {
    return new Date(this.#clock.wall().getTime() + this.habits.clockSkewMs);
  }

  #view(): CameraView {
    const { habits, ptz, presets, events } = this;
    return {
      identity: this.#wishes.identity ?? { name: 'Lean', serial: 'L-1', mac: '02:00:00:00:00:02' },
      host: this.host,
      get profiles() {
        const main = { token: 'main', setting: TEST_MAIN } as const;
        return habits.has('two-sources') ? [main, { token: 'sub', setting: TEST_SUB } as const] : [main];
      },
      habits,
      ptz,
      presets,
      events,
      reboot: () => undefined,
      serviceUri: (path) => this.at(path).href,
      time: () => this.#time(),
      streamUri: () => `rtsp://${this.host}/`,
      snapshotUri: () => this.at('/snapshot').href,
      services: () =>
        SERVICES.filter(({ isAnnounced }) => isAnnounced(habits)).map((service) => ({
          service,
          xaddr: this.at(service.path).href,
        })),
    };
  }
}
