import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { Access } from '../admin/access.ts';
import type { House } from '../admin/house.ts';
import { newSetUpCode } from '../admin/set-up-code.ts';
import type { Config } from '../config/schema.ts';
import { type ListenAddress, listenAddress } from '../config/values.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Fault } from '../runtime/fault.ts';
import { Roster } from '../runtime/roster.ts';
import { type Runnable, together } from '../runtime/supervise.ts';
import { addressesOf } from './addresses.ts';
import { whyNoListener } from './listen-trial.ts';

export interface PageParts {
  readonly house: House;
  /** The configuration in force; none while the set-up is to be done. */
  readonly config: () => Config | undefined;
  /** Where the set-up is served. */
  readonly setUpAddress: string;
  readonly version: string;
  /** The network cards as they are now. */
  readonly cards?: typeof networkInterfaces;
  readonly clock: Clock;
  readonly log: Logger;
}

const PAGES = fileURLToPath(new URL('../../dist/pages/admin', import.meta.url));

const ADDRESSES_EVERY_MS = 10_000;

/** The local page: where it listens, and who gets in, as the configuration has it. Outlives every configuration. */
export class Page implements Runnable {
  readonly #parts: PageParts;
  readonly #access: Access;
  readonly #setUpCode = newSetUpCode();
  readonly #servers = new Roster<'web', Runnable>();
  #where = '';
  /** Where it is open. */
  #at: ListenAddress | undefined;
  /** Tells again where the page is, as far as that is another place than was told last. */
  #tellAgain: () => void = () => undefined;

  constructor(parts: PageParts) {
    this.#parts = parts;
    this.#access = new Access({
      keys: () => {
        const config = parts.config();
        return { setUp: config === undefined, password: config?.web.password, token: config?.web.token };
      },
      setUpCode: this.#setUpCode,
      clock: parts.clock,
      log: parts.log.child({ room: 'admin' }),
    });
  }

  run(signal: AbortSignal): Promise<void> {
    return together(signal, [this.#servers, { run: (life) => this.#watchAddresses(life) }]);
  }

  /** A box has its address some time after it has begun, and another one some day. */
  async #watchAddresses(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#tellAgain();
      await this.#parts.clock.sleep(ADDRESSES_EVERY_MS, signal);
    }
  }

  /** Why the page cannot be opened there; undefined when it can, or is open there already. */
  async whyNotAt(listen: string): Promise<Fault | undefined> {
    const { host, port } = listenAddress(listen);
    // Our own port is in use by ourselves, and will be free.
    return whyNoListener({ host, port: port === this.#at?.port ? 0 : port });
  }

  /**
   * Opens the page where the configuration has it; where that is the same as before, nobody's connection breaks. What
   * cannot be opened there stays where it is: for whoever sits far away, the page may be the only way in.
   */
  async follow(): Promise<void> {
    const web = this.#parts.config()?.web;
    const listen = web?.listen ?? this.#parts.setUpAddress;
    const { enabled = true, hosts = [], cert_file: certFile, key_file: keyFile } = web ?? {};
    const where = JSON.stringify([listen, enabled, hosts, certFile, keyFile]);
    if (where === this.#where) return;
    this.#where = where;
    const fault = enabled && this.#at && (await this.whyNotAt(listen));
    if (fault) {
      const { message: reason } = fault;
      this.#parts.log.error({ listen, reason }, 'the local page cannot be opened there; it stays where it is');
      return;
    }
    this.#tellAgain = () => undefined;
    this.#at = enabled ? listenAddress(listen) : undefined;
    await this.#servers.replace('web', enabled ? await this.#server({ listen, hosts, certFile, keyFile }) : undefined);
  }

  async #server({ listen, hosts, certFile, keyFile }: Place): Promise<Runnable> {
    const { house, version, clock } = this.#parts;
    // Loaded when it is first needed, so that the platform is called before.
    const { AdminServer } = await import('../admin/server.ts');
    return new AdminServer({
      ...{ house, access: this.#access, version, hosts, pages: PAGES, clock },
      ...listenAddress(listen),
      tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined,
      log: this.#parts.log.child({ room: 'admin' }),
      onListening: (address, secure) => this.#tellOf(address, secure),
    });
  }

  #tellOf({ address, port }: { readonly address: string; readonly port: number }, secure: boolean): void {
    const { log, config, cards = networkInterfaces } = this.#parts;
    let told = '';
    this.#tellAgain = () => {
      const urls = addressesOf(address, cards()).map((each) => `${secure ? 'https' : 'http'}://${each}:${port}/`);
      if (urls.join(' ') === told) return;
      told = urls.join(' ');
      if (config()) log.info({ urls }, 'the local page is open');
      else log.info({ urls, code: this.#setUpCode }, 'no configuration yet: open the local page and give this code');
    };
    this.#tellAgain();
  }
}

interface Place {
  readonly listen: string;
  readonly hosts: readonly string[];
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}
