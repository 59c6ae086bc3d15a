import { GatewayError } from '../../../runtime/errors.ts';
import { Scope } from '../../../runtime/scope.ts';
import type { Platform } from '../platform.ts';
import { fail, type Rule, type Verdict } from './rule.ts';
import { RULES } from './rules.ts';
import type { RuleReport, TourReport } from './tour-report.ts';
import { Trial } from './trial.ts';

export interface TourWish {
  /** Ids; all by default. */
  readonly only?: readonly string[];
  /** Without the rules that take time or break the link. */
  readonly quick?: boolean;
  /** Default: the first that is online. */
  readonly channel?: number;
  /** Hears of each rule once it has been tried. */
  readonly tried?: (rule: RuleReport) => void;
}

interface Tour {
  readonly tried: TourWish['tried'];
  report: TourReport;
  readonly scope: Scope;
}

/** The conformance tours, one at a time for each device. */
export class Tours {
  readonly #platform: Platform;
  readonly #tours = new Map<string, Tour>();

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** The running or latest one of a device. */
  report(code: string): TourReport | undefined {
    return this.#tours.get(code)?.report;
  }

  get all(): readonly TourReport[] {
    return [...this.#tours.values()].map(({ report }) => report);
  }

  stop(code: string): void {
    this.#tours.get(code)?.scope.end();
  }

  /**
   * Begins to play the rules against a device; what it gives resolves with what came of it.
   * @throws GatewayError `link-lost` when it is not connected, `bad-parameter` when a tour runs or a rule is unknown
   */
  begin(code: string, { only, quick = false, channel, tried }: TourWish = {}): Promise<TourReport> {
    const rules = chosen(only, quick);
    const { devices, clock, signal } = this.#platform;
    if (!devices.get(code).report.connected) throw new GatewayError('link-lost', 'the device is not connected');
    if (this.report(code)?.running) throw new GatewayError('bad-parameter', 'a tour of this device runs already');
    const scope = new Scope(signal);
    const trial = new Trial(this.#platform, code, { signal: scope.signal, ...(channel !== undefined && { channel }) });
    const at = clock.wall().toISOString();
    const tour: Tour = {
      scope,
      tried,
      report: { device: code, running: true, at, rules: rules.map(waiting) },
    };
    this.#tours.set(code, tour);
    return this.#play(tour, rules, trial);
  }

  async #play(tour: Tour, rules: readonly Rule[], trial: Trial): Promise<TourReport> {
    try {
      for (const rule of rules) await this.#try(rule, tour, trial);
    } finally {
      tour.scope.end();
      tour.report = { ...tour.report, running: false };
      this.#platform.bell.ring();
    }
    return tour.report;
  }

  async #try(rule: Rule, tour: Tour, trial: Trial): Promise<void> {
    if (tour.scope.signal.aborted) return;
    const { clock } = this.#platform;
    this.#note(tour, rule, { outcome: 'running' });
    const sinceMs = clock.now();
    const verdict = await outcome(rule, trial);
    const ms = Math.round(clock.now() - sinceMs);
    const stopped = tour.scope.signal.aborted;
    this.#note(tour, rule, stopped ? { outcome: 'waiting' } : { ...verdict, ms });
    if (!stopped) tour.tried?.({ ...waiting(rule), ...verdict, ms });
  }

  #note(tour: Tour, { id }: Rule, news: Partial<RuleReport>): void {
    const rules = tour.report.rules.map((rule) => (rule.id === id ? { ...rule, ...news } : rule));
    tour.report = { ...tour.report, rules };
    this.#platform.bell.ring();
  }
}

function chosen(only: readonly string[] | undefined, quick: boolean): readonly Rule[] {
  const unknown = only?.filter((id) => !RULES.some((rule) => rule.id === id)) ?? [];
  if (unknown.length > 0) throw new GatewayError('bad-parameter', 'no such rule', { reason: unknown.join(', ') });
  return RULES.filter((rule) => (only?.includes(rule.id) ?? true) && !(quick && rule.slow));
}

const waiting = ({ id, section, says, tried }: Rule): RuleReport => ({
  ...{ id, section, says, tried },
  ...{ outcome: 'waiting', saw: '', ms: undefined },
});

/** What a trial ends with; one that is broken off by the device's own doing has failed. */
async function outcome(rule: Rule, trial: Trial): Promise<Verdict> {
  try {
    await trial.connected();
    return await rule.run(trial);
  } catch (err) {
    if (err instanceof GatewayError) return fail(err.sentence);
    throw err;
  }
}
