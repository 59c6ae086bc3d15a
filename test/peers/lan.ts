import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Credentials } from '../../src/channel/ports.ts';
import { parseConfig } from '../../src/config/read.ts';
import { Gateway } from '../../src/gateway/gateway.ts';
import { DISCOVERY_GROUP } from '../../src/onvif/discovery/scan.ts';
import { type Clock, systemClock } from '../../src/runtime/clock.ts';
import { Secret } from '../../src/runtime/secret.ts';
import type { BadHabitName } from '../../src/simulator/camera/bad-habits.ts';
import { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { LeanCamera, type LeanWishes } from './lean-camera.ts';
import { readableLog } from './readable-log.ts';

const CODE = 'OVD1';
const OVC_PASSWORD = 'ovc-hunter2';
export const CAMERA_USER: Credentials = { username: 'admin', password: new Secret('cam-hunter2') };
export const STRANGER: Credentials = { username: 'admin', password: new Secret('other-hunter3') };

/** How the configuration writes a login. */
export const written = ({ username, password }: Credentials) => ({ username, password: password.reveal() });

/** What is shorter waits for an answer on the network, and a busy machine is no faster than usual. */
const NETWORK_MS = 1000;

/** Time that passes so many times as fast; dates stay true, for cameras look at them. */
export function hastyClock(times: number): Clock {
  return {
    now: () => systemClock.now() * times,
    wall: () => systemClock.wall(),
    sleep: (ms, signal) => systemClock.sleep(ms < NETWORK_MS ? ms : ms / times, signal),
  };
}

export interface LanCamera {
  readonly camera: LeanCamera;
  /** Takes it off the network; what it had there is free by then. */
  leave(): Promise<void>;
  /** Puts it back on, with another address where one is given. */
  join(host?: string): Promise<void>;
}

/** Cameras at addresses of the loopback network that find each other in a group of their own. */
export class Lan {
  readonly port: number;
  readonly #t: TestContext;

  private constructor(t: TestContext, port: number) {
    this.#t = t;
    this.port = port;
  }

  static async start(t: TestContext): Promise<Lan> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    return new Lan(t, port);
  }

  /** An address of this network that no other test has. */
  host(number: number): string {
    return `127.${this.port >> 8}.${this.port & 255}.${number}`;
  }

  /** The part of the configuration that searches this network. */
  get discovery() {
    return { interval: 10, interfaces: ['127.0.0.1'], port: this.port };
  }

  /** Camera number so and so, at one of the addresses. */
  async camera(
    number: number,
    host: string,
    { habits = [], ...wishes }: Partial<LeanWishes> & { readonly habits?: readonly BadHabitName[] } = {},
  ): Promise<LanCamera> {
    const mac = `02:00:00:00:01:${number.toString(16).padStart(2, '0')}`;
    const identity = { name: `Camera ${number}`, serial: `SN-${number}`, mac };
    const given = { host, identity, user: CAMERA_USER, ...wishes };
    const camera = await LeanCamera.start(this.#t, systemClock, habits, given, false);
    let leave = async (): Promise<void> => undefined;
    const join = async (at = camera.host): Promise<void> => {
      camera.host = at;
      const off = await camera.listen(this.#t);
      const life = new AbortController();
      const announced = camera.announce({ port: this.port, group: DISCOVERY_GROUP }, life.signal);
      leave = async () => {
        life.abort();
        await Promise.all([off(), announced]);
      };
    };
    await join();
    this.#t.after(() => leave());
    return { camera, leave: () => leave(), join };
  }

  /** Somebody who sends these to whoever asks the group. */
  async vandal(packets: readonly (string | Buffer)[]): Promise<void> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.on('message', (_, { port, address }) => {
      for (const packet of packets) socket.send(packet, port, address);
    });
    socket.bind(this.port, DISCOVERY_GROUP);
    await once(socket, 'listening');
    socket.addMembership(DISCOVERY_GROUP, '127.0.0.1');
    this.#t.after(() => void socket.close());
  }
}

/** A folder for the state of one gateway after another. */
export function stateFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'ovd-lan-'));
  // The gateway ends after this, and may write meanwhile.
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A gateway with this configuration, in a hurry, and what the platform sees of it. */
export async function lanGateway(t: TestContext, config: object, stateDirectory = stateFolder(t)) {
  const ovc = await OvcSimulator.listen({ accounts: { [CODE]: OVC_PASSWORD }, log: readableLog('warn').log });
  t.after(() => ovc.close());
  const platform = { url: ovc.url, login_code: CODE, login_password: OVC_PASSWORD };
  const parsed = parseConfig(JSON.stringify({ platform, ...config }), { source: 'lan.json', env: {} });
  const { log, lines, text } = readableLog('debug');
  const login = {
    url: new URL(ovc.url),
    loginCode: CODE,
    password: parsed.platform.login_password,
    hardwareModel: 'test',
    firmwareModel: '0',
  };
  const life = new AbortController();
  const restart = (): void => undefined;
  const gateway = await Gateway.open({ config: parsed, login, stateDirectory, restart, clock: hastyClock(5), log });
  const done = gateway.run(life.signal);
  const stop = async (): Promise<void> => {
    life.abort();
    await done;
  };
  t.after(stop);
  const channels = () => ovc.devices.get(CODE)?.report.channels ?? [];
  const online = () => channels().flatMap(({ channel, state }) => (state > 0 ? [channel] : []));
  /** Resolves when exactly these channels are online. */
  const whenOnline = (...numbers: number[]) =>
    ovc.waitFor(() => JSON.stringify(online().sort((a, b) => a - b)) === JSON.stringify(numbers), {
      timeoutMs: 40_000,
    });
  /** Resolves when another line with these words has been logged. */
  const said = async (words: string): Promise<void> => {
    const count = () => lines.filter(({ msg }) => msg === words).length;
    const before = count();
    while (count() === before && !life.signal.aborted) await systemClock.sleep(10, life.signal);
  };
  return { ovc, channels, whenOnline, lines, text, said, stop };
}
