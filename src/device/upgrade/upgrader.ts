import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Manifest } from '../../release/manifest.ts';
import { keyFromText } from '../../release/seal.ts';
import { compareVersions, isVersion } from '../../release/version.ts';
import { Bell } from '../../runtime/bell.ts';
import type { Clock } from '../../runtime/clock.ts';
import { ensureDirectory } from '../../runtime/directory.ts';
import { GatewayError } from '../../runtime/errors.ts';
import type { Runnable } from '../../runtime/supervise.ts';
import type { Restart } from '../reboot.ts';
import { download } from './download.ts';
import type { Installation } from './installation.ts';
import { Releases } from './releases.ts';
import { type LinkFacts, standTrial } from './trial.ts';
import { checkSignature, unpack } from './unpack.ts';

export interface UpgraderParts {
  /** What runs now. */
  readonly version: string;
  readonly installation: Installation | undefined;
  /** Public keys as the configuration writes them; a release signed with none of them is refused. */
  readonly keys: readonly string[];
  readonly allowDowngrade: boolean;
  readonly maxBytes: number;
  /** Where a download is kept until it is whole. */
  readonly directory: string;
  readonly ca?: string | undefined;
  readonly link: () => LinkFacts;
  readonly standing: StandingOrder;
  readonly restart: Restart;
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface UpgradeOrder {
  readonly version: string;
  readonly url: string;
}

/** The order that is being carried out. Outlives the upgrader, since a changed configuration makes another one. */
export interface StandingOrder {
  order?: UpgradeOrder | undefined;
}

/** How it stands with upgrades, for a person. */
export interface UpgradeStatus {
  readonly step: 'none' | 'downloading' | 'unpacking' | 'restarting' | 'trial';
  readonly version?: string;
  /** What came of the last one that did not come about. */
  readonly failed?: { readonly version: string; readonly why: string; readonly at: Date };
}

const MOST_FILES = 20_000;
/** What an archive may grow to; JavaScript packs to a quarter or less. */
const GROWTH = 12;
const TRY_AGAIN_MS = 3_600_000;

/** Does what UpgradeFirmware asks for: brings the release here, judges it, and has the launcher try it. */
export class Upgrader implements Runnable {
  readonly #parts: UpgraderParts;
  readonly #releases: Releases | undefined;
  readonly #bell = new Bell();
  #status: UpgradeStatus;
  #failedTrial: { readonly release: string; readonly at: Date } | undefined;

  constructor(parts: UpgraderParts) {
    this.#parts = parts;
    this.#releases = parts.installation && new Releases(parts.installation.directory);
    // The first Keepalive says so already.
    this.#status = statusAtFirst(parts);
  }

  get status(): UpgradeStatus {
    return this.#status;
  }

  /** Keepalive says so meanwhile (ovs-rpc section 4). */
  get upgrading(): boolean {
    return this.#status.step !== 'none';
  }

  /** Takes the order, or says why not; carrying it out takes minutes. @throws GatewayError `upgrade-refused` */
  order(order: UpgradeOrder): void {
    const { standing } = this.#parts;
    if (this.upgrading && order.url === standing.order?.url) return; // Said again: it is being done.
    try {
      if (this.upgrading) throw refusal('another upgrade is under way');
      this.#checkOrder(order);
    } catch (err) {
      this.#note({ ...this.#status, failed: this.#failure(order.version, err) });
      throw err;
    }
    standing.order = order;
    this.#note({ step: 'downloading', version: order.version });
    this.#bell.ring();
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#beginLife(signal);
    while (!signal.aborted) {
      const { order } = this.#parts.standing;
      if (order) await this.#carryOut(order, signal);
      await this.#bell.heard(signal);
    }
  }

  /** What earlier lives have left: a trial to stand, a failure to tell of. */
  async #beginLife(signal: AbortSignal): Promise<void> {
    const { version, link, clock, log } = this.#parts;
    const releases = this.#releases;
    if (!releases) return;
    const failure = await releases.failure();
    if (failure) {
      this.#failedTrial = failure;
      this.#note({ ...this.#status, failed: { version: failure.release, why: failure.reason, at: failure.at } });
      log.warn({ version: failure.release, reason: failure.reason }, 'an upgrade failed, and was taken back');
    }
    if (await releases.onTrial(version)) {
      this.#note({ step: 'trial', version });
      await standTrial({ releases, version, link, clock, log }, signal);
    }
    if (this.#status.step === 'trial') this.#note({ step: 'none' });
  }

  #checkOrder({ version: wanted }: UpgradeOrder): void {
    const { keys, version } = this.#parts;
    if (!this.#releases) throw refusal('only a gateway installed by install.sh upgrades itself');
    if (keys.length === 0) throw refusal('upgrade.keys is empty, so no signature can be trusted');
    if (!isVersion(wanted)) throw refusal('firmware_model is no version of ours');
    if (wanted === version) throw refusal('this version runs already');
    if (this.#failedLately(wanted)) throw refusal('it failed its trial less than an hour ago');
    if (!this.#parts.allowDowngrade && compareVersions(wanted, version) < 0)
      throw refusal('it is older than what runs');
  }

  /** A platform that orders at every login must not keep the box in trials. */
  #failedLately(wanted: string): boolean {
    const { release, at } = this.#failedTrial ?? {};
    return release === wanted && at !== undefined && this.#parts.clock.wall().getTime() - at.getTime() < TRY_AGAIN_MS;
  }

  /** When the signal aborts before the release is in its place, the order stands for whoever comes next. */
  async #carryOut(order: UpgradeOrder, signal: AbortSignal): Promise<void> {
    const { standing, log } = this.#parts;
    log.info({ version: order.version }, 'upgrade begins');
    try {
      this.#checkOrder(order); // The configuration may be another than when it was taken.
      await this.#upgrade(order, signal);
    } catch (cause) {
      await this.#releases?.clearWorkshop().catch(() => undefined); // A disk that takes nothing is told of below.
      if (signal.aborted) return;
      const err = diskFailure(cause) ?? cause;
      log[err instanceof GatewayError ? 'warn' : 'error']({ err, version: order.version }, 'upgrade failed');
      this.#note({ step: 'none', failed: this.#failure(order.version, err) });
    }
    standing.order = undefined;
  }

  async #upgrade({ version, url }: UpgradeOrder, signal: AbortSignal): Promise<void> {
    const { maxBytes, ca, clock, log, restart } = this.#parts;
    const releases = this.#releases;
    if (!releases) return;
    const file = await this.#placeFor(url);
    await download({ url: new URL(url), file, maxBytes, ca, clock, log }, signal);
    this.#note({ step: 'unpacking', version });
    const from = (await releases.current()) ?? this.#parts.version;
    try {
      await checkSignature(
        file,
        this.#parts.keys.flatMap((key) => keyFromText(key) ?? []),
      );
      const bounds = { maxFiles: MOST_FILES, maxBytes: maxBytes * GROWTH };
      const accept = (manifest: Manifest): void => this.#checkManifest(manifest, version);
      await releases.keepOnly(from, this.#parts.version);
      await unpack(file, await releases.workshop(), { bounds, accept });
    } finally {
      if (!signal.aborted) await rm(file, { force: true });
    }
    signal.throwIfAborted();
    await releases.shelve(version);
    await releases.putOnTrial(version, from);
    this.#note({ step: 'restarting', version });
    restart('upgrade');
  }

  /** A file of its own for each address, so that a download is taken up again only where it was begun. */
  async #placeFor(url: string): Promise<string> {
    const { directory } = this.#parts;
    const name = `${createHash('sha256').update(url).digest('hex').slice(0, 16)}.part`;
    await ensureDirectory(directory);
    for (const other of await readdir(directory)) if (other !== name) await rm(join(directory, other), { force: true });
    return join(directory, name);
  }

  #checkManifest({ version, node, launcher }: Manifest, wanted: string): void {
    if (version !== wanted) throw refusal(`it is ${version}, not what firmware_model says`);
    if (compareVersions(process.versions.node, node) < 0) throw refusal(`it needs Node ${node} on this box`);
    if (launcher > (this.#parts.installation?.agreement ?? 0))
      throw refusal('its own install.sh has to be run on the box');
  }

  #failure(version: string, err: unknown): NonNullable<UpgradeStatus['failed']> {
    const why = err instanceof GatewayError ? err.sentence : 'internal error';
    return { version, why, at: this.#parts.clock.wall() };
  }

  /** The last failure stays until there is another one. */
  #note(news: UpgradeStatus): void {
    const { failed } = this.#status;
    this.#status = { ...(failed && { failed }), ...news };
    this.#parts.onChange();
  }
}

function statusAtFirst({ installation, standing, version }: UpgraderParts): UpgradeStatus {
  if (installation?.onTrial) return { step: 'trial', version };
  return standing.order ? { step: 'downloading', version: standing.order.version } : { step: 'none' };
}

/** The disk is full, or may not be written to. */
function diskFailure(err: unknown): GatewayError | undefined {
  const expected = err instanceof Error && 'syscall' in err && 'code' in err;
  return expected
    ? new GatewayError('upgrade-failed', 'the release cannot be stored', { reason: err.code })
    : undefined;
}

function refusal(reason: string): GatewayError {
  return new GatewayError('upgrade-refused', 'the upgrade is refused', { reason });
}
