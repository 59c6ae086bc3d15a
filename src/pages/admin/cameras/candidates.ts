import { type Signal, signal } from '@preact/signals';
import type { CamerasAnswer, NewChannel, TryAnswer, TryRequest } from '../../../admin/api.ts';
import { CallFailed, type Client } from '../../kit/net/client.ts';

export type Found = CamerasAnswer['found'][number];

export interface CameraLogin {
  readonly username: string;
  readonly password: string;
}

/** What is known of a camera that has no channel yet. */
export type Attempt =
  | { readonly state: 'trying' }
  | { readonly state: 'answered'; readonly answer: TryAnswer; readonly login: CameraLogin }
  | { readonly state: 'failed'; readonly failure: CallFailed };

const AT_ONCE = 3;
const POLL_MS = 1_000;

/** The cameras that were found and have no channel: the scan, each attempt at a login, and the way to a channel. */
export class Candidates {
  readonly answer: Signal<CamerasAnswer | undefined> = signal(undefined);
  readonly failure: Signal<CallFailed | undefined> = signal(undefined);
  /** By the address of the camera. */
  readonly attempts: Signal<ReadonlyMap<string, Attempt>> = signal(new Map());
  readonly searching = signal(false);
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Resolves when the search is over. What others have found meanwhile is shown at once: it may take 15 seconds. */
  async scan(): Promise<void> {
    if (this.searching.value) return;
    this.searching.value = true;
    const over = this.#take(this.#client.send<CamerasAnswer>('POST', 'api/cameras/scan'));
    void this.#listMeanwhile();
    await over;
    this.searching.value = false;
  }

  /** One attempt each, a few at a time. */
  async tryAll(cameras: readonly Found[], login: CameraLogin): Promise<void> {
    const waiting = [...cameras];
    const worker = async (): Promise<void> => {
      for (let camera = waiting.shift(); camera; camera = waiting.shift()) await this.tryOne(camera, login);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  async tryOne(camera: Found, login: CameraLogin): Promise<void> {
    this.#note(camera.address, { state: 'trying' });
    try {
      const request: TryRequest = { ...whereIs(camera), ...given(login) };
      const answer = await this.#client.send<TryAnswer>('POST', 'api/cameras/try', request);
      this.#note(camera.address, { state: 'answered', answer, login });
    } catch (err) {
      this.#note(camera.address, { state: 'failed', failure: failureOf(err) });
    }
  }

  /** Makes a channel of it. Rejects with `CallFailed`. */
  async add(camera: Found, wanted: { channel: number; name: string; login: CameraLogin }): Promise<void> {
    const { channel, name, login } = wanted;
    const body: NewChannel = { channel, ...(name && { name }), onvif: { ...whereIs(camera), ...given(login) } };
    await this.#client.send('POST', 'api/channels', body);
    await this.#list();
  }

  async #listMeanwhile(): Promise<void> {
    while (this.searching.value) {
      await this.#list();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  #list(): Promise<void> {
    return this.#take(this.#client.get<CamerasAnswer>('api/cameras'));
  }

  async #take(asked: Promise<CamerasAnswer>): Promise<void> {
    try {
      this.answer.value = await asked;
      this.failure.value = undefined;
    } catch (err) {
      this.failure.value = failureOf(err);
    }
  }

  #note(address: string, attempt: Attempt): void {
    this.attempts.value = new Map(this.attempts.value).set(address, attempt);
  }
}

/** By its endpoint a camera is found again when its address changes. */
const whereIs = ({ endpoint, host, port }: Found) => (endpoint === undefined ? { host, port } : { endpoint });

export const given = ({ username, password }: CameraLogin) => (username === '' ? {} : { username, password });

const failureOf = (err: unknown): CallFailed =>
  err instanceof CallFailed ? err : new CallFailed('failed', String(err));

/** The lowest numbers that no camera has, in order. */
export function* freeNumbers(taken: ReadonlySet<number>): Generator<number> {
  for (let number = 0; ; number += 1) if (!taken.has(number)) yield number;
}
