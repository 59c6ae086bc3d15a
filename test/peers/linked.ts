import type { TestContext } from 'node:test';
import type { Orders } from '../../src/ovc/handlers.ts';
import type { OvdReport } from '../../src/ovc/keepalive.ts';
import type { Login } from '../../src/ovc/login.ts';
import { OvcLink } from '../../src/ovc/ovc-link.ts';
import { type Clock, systemClock } from '../../src/runtime/clock.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { idleOrders, stillBox } from './idle-orders.ts';
import { RawOvc } from './raw-ovc.ts';
import { readableLog } from './readable-log.ts';

export const PASSWORD = 'p@ss word';

/** The login of every link under test. */
export function loginAt(url: URL, rest: Partial<Login> = {}): Login {
  const models = { hardwareModel: 'box', firmwareModel: '1.0' };
  return { url, loginCode: 'OVD 1', password: new Secret(PASSWORD), ...models, ...rest };
}

interface Wishes {
  readonly ovc?: RawOvc;
  readonly clock?: Clock;
  readonly publish?: Orders['publish'];
  readonly report?: () => OvdReport;
  readonly ca?: string;
  /** Of the pauses between two dials; 1 is the longest there can be. */
  readonly random?: number;
}

/** A link under way to an OVC of its own; both end with the test. */
export async function linked(t: TestContext, wishes: Wishes = {}) {
  const ovc = wishes.ovc ?? (await new RawOvc().listen());
  const { log, lines, text } = readableLog();
  const end = new AbortController();
  const orders = { ...idleOrders, ...(wishes.publish && { publish: wishes.publish }) };
  const link = new OvcLink({
    login: loginAt(ovc.url, wishes.ca === undefined ? {} : { ca: wishes.ca }),
    handlers: { orders, box: stillBox },
    report: wishes.report ?? (() => ({ state: 'online', channels: new Map() })),
    clock: wishes.clock ?? systemClock,
    log,
    random: () => wishes.random ?? 0.05,
  });
  const running = link.run(end.signal);
  t.after(async () => {
    end.abort();
    await running;
    await ovc.close();
  });
  return { ovc, link, lines, text, end, running };
}

export const isKeepalive = ({ req }: { readonly req?: string }): boolean => req === 'Keepalive';
