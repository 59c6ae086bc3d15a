import type { BoxStatus, SiteStatus, Trouble } from '../../admin/api.ts';
import type { BoxReading } from '../../device/box-health.ts';
import type { LinkStatus } from '../../ovc/ovc-link.ts';
import type { Fault } from '../../runtime/fault.ts';
import { type ChannelFacts, channelStatus, type SinceWhen } from './channel-status.ts';
import { linkTrouble, trouble } from './troubles.ts';

/** All that the house says of the site. */
export interface SiteFacts {
  readonly version: string;
  readonly startedAt: Date;
  readonly state: SiteStatus['state'];
  readonly time: { readonly now: Date; readonly trusted: boolean; readonly by: SiteStatus['time']['by'] };
  /** Undefined where there is no gateway. */
  readonly link: { readonly host: string; readonly loginCode: string; readonly status: LinkStatus } | undefined;
  readonly channels: readonly ChannelFacts[];
  readonly box: BoxReading | undefined;
  readonly backlog: SiteStatus['backlog'];
  readonly prerecord: SiteStatus['prerecord'];
  /** What is missing, and why. */
  readonly needs: ReadonlyMap<string, string>;
  readonly diskFails: boolean;
  /** The last upgrade from afar that did not come about. */
  readonly upgradeFailure?: { readonly version: string; readonly why: string; readonly at: Date } | undefined;
  readonly configuration: {
    readonly file: string;
    readonly faults: readonly Fault[];
    readonly canUndo: boolean;
    readonly offerUndo: boolean;
  };
}

/** The site as the page shows it: pure, but for `sinceWhen`. */
export function siteStatus(facts: SiteFacts, sinceWhen: SinceWhen): SiteStatus {
  const { version, startedAt, state, time, backlog, prerecord, configuration } = facts;
  return {
    version,
    startedAt: startedAt.toISOString(),
    state,
    time: { now: time.now.toISOString(), trusted: time.trusted, by: time.by },
    link: linkStatus(facts),
    channels: facts.channels.map((channel) => channelStatus(channel, sinceWhen)),
    box: facts.box ? boxStatus(facts.box) : NO_READING,
    backlog,
    prerecord,
    faults: faultsOf(facts, sinceWhen),
    configuration: {
      ...configuration,
      faults: [...configuration.faults],
    },
  };
}

function linkStatus({ link }: SiteFacts): SiteStatus['link'] {
  if (!link) return { state: 'none', reconnects: 0 };
  const { host, loginCode, status } = link;
  const { link: now, keepalive, server, logins } = status;
  return {
    ...{ state: now.state, host, loginCode },
    reconnects: Math.max(0, logins - 1),
    ...(now.state !== 'dialling' && { since: now.since.toISOString() }),
    ...(now.state === 'down' && {
      why: now.why,
      nextTryAt: now.nextTryAt.toISOString(),
      trouble: linkTrouble(now.kind, now.why, now),
    }),
    ...(keepalive && {
      keepalive: { answeredAt: keepalive.answeredAt.toISOString(), roundTripMs: Math.round(keepalive.roundTripMs) },
    }),
    ...(server && { server: { ...server } }),
  };
}

function faultsOf(facts: SiteFacts, sinceWhen: SinceWhen): Trouble[] {
  const { link, needs, diskFails, time, box, configuration } = facts;
  const found: Trouble[] = [];
  const add = (row: Pick<Trouble, 'kind' | 'advice'>, why: string): void =>
    void found.push(trouble(row, why, { since: sinceWhen(`${row.kind} ${why}`) }));
  if (configuration.faults.length > 0) {
    add(
      { kind: 'configuration-refused', advice: 'mend-configuration' },
      'the file as it is now is not valid; the old one stays',
    );
  }
  if (configuration.offerUndo) {
    add({ kind: 'new-platform-silent', advice: 'go-back-to-old-platform' }, 'the new platform settings do not log in');
  }
  const { status } = link ?? {};
  if (status?.link.state === 'down') found.push(linkTrouble(status.link.kind, status.link.why, status.link));
  for (const [need, why] of needs) {
    const advice = need === 'ffmpeg' ? 'install-ffmpeg' : 'make-state-directory-writable';
    add({ kind: 'need-missing', advice }, why);
  }
  if (diskFails) add({ kind: 'disk-fails', advice: 'free-disk-space' }, 'the disk takes nothing');
  if (!time.trusted) add({ kind: 'time-untrusted', advice: 'set-clock' }, 'nobody has told this box the time yet');
  if (box?.throttled?.includes('under-voltage')) {
    add({ kind: 'under-voltage', advice: 'use-better-power-supply' }, 'the power supply is too weak');
  }
  const { upgradeFailure: failure } = facts;
  if (failure && time.now.getTime() - failure.at.getTime() < TOLD_MS) {
    const why = `${failure.version}: ${failure.why}`;
    found.push(trouble({ kind: 'upgrade-failed', advice: 'check-upgrade' }, why, { since: failure.at }));
  }
  return found;
}

/** What nobody can undo is told for a day. */
const TOLD_MS = 86_400_000;

function boxStatus({ load, network, temperature, throttled, disk, ...rest }: BoxReading): BoxStatus {
  return {
    ...rest,
    load: [load[0], load[1], load[2]],
    network: network.map(({ name, addresses }) => ({ name, addresses: [...addresses] })),
    ...(temperature !== undefined && { temperature }),
    ...(throttled && { throttled: [...throttled] }),
    ...(disk && { disk }),
  };
}

/** Before the first reading, and where there is no gateway. */
const NO_READING: BoxStatus = {
  load: [0, 0, 0],
  cores: 1,
  cpuPercent: 0,
  memory: { processBytes: 0, freeBytes: 0, totalBytes: 0 },
  network: [],
  uptimeSeconds: 0,
};
