import { once } from 'node:events';
import { join } from 'node:path';
import { Scope } from '../../src/runtime/scope.ts';
import { type CameraHabit, type CameraSeen, type HostOrder, hostReply } from './camera-words.ts';
import { Child } from './child.ts';

const HOST = join(import.meta.dirname, 'camera-host.ts');
export const CAMERA_LOGIN = { username: 'admin', password: 'bench-camera' } as const;

/** The virtual cameras, in a process of their own. */
export class Cameras {
  readonly #child: Child;
  #orders: Promise<unknown> = Promise.resolve();

  private constructor(child: Child) {
    this.#child = child;
  }

  /** Resolves when all of them have pictures; the first time on a machine their film is made, which takes a while. */
  static async start(count: number): Promise<Cameras> {
    const stdio: Array<'ignore' | 'pipe' | 'ipc'> = ['ignore', 'pipe', 'pipe', 'ipc'];
    const cameras = new Cameras(Child.spawn(process.execPath, ['--import', 'tsx', HOST], { stdio }));
    try {
      await cameras.#order({ word: 'start', cameras: count, ...CAMERA_LOGIN });
      return cameras;
    } catch (err) {
      await cameras.stop();
      throw err;
    }
  }

  look(): Promise<readonly CameraSeen[]> {
    return this.#order({ word: 'look' });
  }

  /** Resolves when the camera has taken the habit on, or has dropped it. */
  async habit(camera: number, habit: CameraHabit, on: boolean): Promise<void> {
    await this.#order({ word: 'habit', camera, habit, on });
  }

  async stop(): Promise<void> {
    await this.#child.stop();
  }

  #order(order: HostOrder): Promise<readonly CameraSeen[]> {
    const answer = this.#orders.then(() => this.#exchange(order));
    this.#orders = answer.catch(() => undefined);
    return answer;
  }

  async #exchange(order: HostOrder): Promise<readonly CameraSeen[]> {
    const { process: host } = this.#child;
    const scope = new Scope();
    try {
      const gone = once(host, 'exit', { signal: scope.signal }).then(() => this.#gone());
      host.send(order);
      const [message]: unknown[] = await Promise.race([once(host, 'message', { signal: scope.signal }), gone]);
      return this.#read(message);
    } finally {
      scope.end();
    }
  }

  #gone(): never {
    throw new Error(`the cameras are gone: ${this.#child.obituary}`);
  }

  #read(message: unknown): readonly CameraSeen[] {
    const reply = hostReply.parse(message);
    if ('failed' in reply) throw new Error(`the cameras failed: ${reply.failed}`);
    return reply.cameras;
  }
}
