import type { Logger } from 'pino';
import { type Cost, costsOf } from '../config/changes.ts';
import { invalid, sentences } from '../config/read.ts';
import type { Config } from '../config/schema.ts';
import { stateDirectory } from '../config/state-directory.ts';
import type { Restart } from '../device/reboot.ts';
import { installationOf } from '../device/upgrade/installation.ts';
import type { StandingOrder } from '../device/upgrade/upgrader.ts';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import type { LogLevel } from '../runtime/log.ts';
import { Scope } from '../runtime/scope.ts';
import { type Runnable, together } from '../runtime/supervise.ts';
import { LocalBox } from './box-orders.ts';
import { NetworkSearch } from './camera-search.ts';
import { ConfigWatch } from './config-watch.ts';
import type { Configuration } from './configuration.ts';
import { FileEditing } from './editing.ts';
import { GatewaySeat } from './gateway-seat.ts';
import { loginOf } from './login.ts';
import type { LogLines } from './memory/log-lines.ts';
import { LocalOrders } from './orders.ts';
import { Page } from './page.ts';
import { PlatformTrial } from './platform-trial.ts';
import { Watchdog } from './watchdog.ts';
import { SiteWatch } from './watching.ts';

export interface ServiceParts {
  readonly configuration: Configuration;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  readonly restart: Restart;
  readonly clock: Clock;
  readonly log: Logger;
  readonly lines: LogLines;
  readonly setLevel: (level: LogLevel) => void;
}

/** So that a phone can reach it; who may go on is told by the code. */
const SET_UP_ADDRESS = '0.0.0.0:8080';

/** What outlives a configuration: it follows the file, and applies each change at the least cost. */
export class Service implements Runnable {
  readonly #parts: ServiceParts;
  readonly #seat: GatewaySeat;
  readonly #watch: ConfigWatch;
  readonly #site: SiteWatch;
  readonly #orders: LocalOrders;
  readonly #editing: FileEditing;
  readonly #page: Page;
  readonly #trial: PlatformTrial;
  readonly #watchdog: Watchdog;
  #config: Config | undefined;
  #turn: Promise<void> = Promise.resolve();
  #failed: (err: unknown) => void = () => undefined;

  constructor(parts: ServiceParts) {
    const { configuration, env, version, restart, clock, log, lines } = parts;
    const setUpAddress = env.OVD_WEB_LISTEN ?? SET_UP_ADDRESS;
    const config = (): Config | undefined => this.#config;
    const rooms = () => this.#seat.gateway?.rooms;
    const standing: StandingOrder = {};
    this.#parts = parts;
    this.#trial = new PlatformTrial({ linked: () => rooms()?.link.up ?? false, clock });
    this.#seat = new GatewaySeat({
      partsFor: (next) => ({
        ...{ config: next, login: loginOf(next, version), stateDirectory: stateDirectory(next, env) },
        ...{ onlookers: this.#site.onlookers, installation: installationOf(env), standing, restart, clock, log },
      }),
      onLate: () => this.#site.onlookers.changed(),
    });
    const editing = new FileEditing({
      ...{ configuration, config, setUpAddress, version, clock },
      channels: () => rooms()?.discovery.channels ?? [],
      adopted: (channel) => rooms()?.discovery.adopted(channel),
      reload: () => this.reload(),
      platformChanged: () => this.#trial.begin(),
      whyNoPageAt: (listen) => this.#page.whyNotAt(listen),
    });
    const undo = () => ({ canUndo: editing.canUndo, offerUndo: editing.canUndo && this.#trial.failing });
    const lateFor = () => this.#seat.lateFor;
    this.#site = new SiteWatch({ configuration, config, rooms, lateFor, undo, lines, version, clock });
    this.#orders = new LocalOrders({ rooms, clock });
    const search = new NetworkSearch({ rooms, command: () => this.#config?.ffmpeg.path ?? 'ffmpeg', clock, log });
    const box = new LocalBox({ configuration, config, site: this.#site, lines, restart, env, version, clock, log });
    this.#editing = editing;
    const house = { site: this.#site, orders: this.#orders, search, editing, box };
    this.#page = new Page({ house, config, setUpAddress, version, clock, log });
    // Without a configuration or a state there is nothing to be logged in to.
    const waiting = (): boolean => this.#config === undefined || this.#seat.lateFor !== undefined;
    const alive = (): boolean => waiting() || this.#site.readiness().ready;
    this.#watchdog = new Watchdog({ env, alive, clock, log });
    this.#watch = new ConfigWatch({ file: configuration.file, clock, onChange: () => void this.reload() });
  }

  /**
   * Runs until the signal aborts. Without a file it serves the page to make one, or waits for it.
   * @throws GatewayError `config-invalid` when the file makes no sense at the start; later it is only reported
   */
  async run(signal: AbortSignal): Promise<void> {
    const { configuration } = this.#parts;
    const life = new Scope(signal);
    this.#failed = (err) => life.end(err);
    await this.#watch.mark();
    const look = configuration.look();
    if (look.found === 'faults') throw invalid(configuration.file, look.faults);
    if (look.found === 'config') this.#turn = this.#apply(look.config, AT_START);
    await this.#turn;
    await this.#editing.refresh();
    const open = { run: () => this.#inTurn(() => this.#page.follow()) };
    const page = { run: (on: AbortSignal) => together(on, [this.#page, open]) };
    try {
      await together(life.signal, [this.#seat, this.#watch, this.#site, page, this.#watchdog]);
      await this.#turn;
      if (!signal.aborted) life.signal.throwIfAborted();
    } finally {
      this.#orders.close();
      life.end();
    }
  }

  /** Reads the file again and applies what is new in it; resolves when that is done. A bad file changes nothing. */
  reload(): Promise<void> {
    return this.#inTurn(() => this.#reload());
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work).catch((err: unknown) => this.#failed(err));
    return this.#turn;
  }

  async #reload(): Promise<void> {
    const { configuration, log } = this.#parts;
    const look = configuration.look();
    if (look.found === 'config') return this.#apply(look.config);
    if (!this.#config && look.found === 'nothing') return;
    const fields = { file: configuration.file };
    if (look.found === 'nothing') log.warn(fields, 'the configuration file is gone; the gateway goes on without it');
    else log.error({ ...fields, faults: sentences(look.faults) }, 'the configuration is not valid; the old one stays');
  }

  async #apply(next: Config, all = EVERYTHING): Promise<void> {
    const { log } = this.#parts;
    const before = this.#config;
    // A gateway that is late has not begun with what it was built for.
    const costs = before && this.#seat.lateFor === undefined ? costsOf(before, next) : all;
    this.#config = next;
    if (before && costs.size > 0) log.info({ costs: [...costs] }, 'the configuration has changed');
    else if (before) log.info('the configuration says what it said before');
    for (const { cost, unless, apply } of this.#steps) {
      if (costs.has(cost) && !(unless && costs.has(unless))) await apply(next, before);
    }
    if (costs.size > 0) this.#site.onlookers.changed();
  }

  /** What each kind of change takes, in order. */
  readonly #steps: readonly Step[] = [
    { cost: 'log', apply: async ({ log }) => this.#parts.setLevel(log.level) },
    { cost: 'gateway', apply: (next, before) => this.#rebuild(next, before) },
    {
      cost: 'link',
      unless: 'gateway',
      apply: async (next) => this.#seat.gateway?.dialAs(loginOf(next, this.#parts.version)),
    },
    { cost: 'channels', unless: 'gateway', apply: async (next) => this.#seat.gateway?.reconcile(next) },
    { cost: 'web', apply: () => this.#page.follow() },
  ];

  /** A gateway that cannot be opened is not to cost the one that could. */
  async #rebuild(next: Config, before: Config | undefined): Promise<void> {
    const { env, log } = this.#parts;
    const [from, to] = [before ?? next, next].map((each) => stateDirectory(each, env));
    if (from !== to) log.warn({ from, to }, 'another state directory: what waits in the one before is not delivered');
    try {
      await this.#seat.build(next);
    } catch (err) {
      if (!before) throw err;
      log.error({ err }, 'the changed configuration cannot be applied; the old one stays');
      this.#parts.configuration.refuse(err instanceof GatewayError ? err.sentence : 'it cannot be applied');
      this.#config = before;
      await this.#seat.build(before);
    }
  }
}

interface Step {
  readonly cost: Cost;
  /** The larger change that does this too. */
  readonly unless?: Cost;
  apply(next: Config, before: Config | undefined): Promise<void>;
}

const EVERYTHING: ReadonlySet<Cost> = new Set(['log', 'web', 'gateway']);
/** The page is opened once the platform is being called: to load it takes as long as a third of the rest. */
const AT_START: ReadonlySet<Cost> = new Set(['log', 'gateway']);
