import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isVersion } from '../../release/version.ts';
import { syncDirectory, writeDurably } from '../../runtime/durable-file.ts';

/**
 * The folder that holds the releases of this box side by side, as `install.sh` made it and the launcher reads it.
 * Every step is on the medium before the next; what the launcher makes of a step that is missing stands there.
 */
export class Releases {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The release that is started. */
  async current(): Promise<string | undefined> {
    return readlink(this.#path('current')).catch(() => undefined);
  }

  /** An empty place to unpack to; what an earlier try has left there is gone. */
  async workshop(): Promise<string> {
    await this.clearWorkshop();
    await mkdir(this.#path('.unpacking'));
    return this.#path('.unpacking');
  }

  async clearWorkshop(): Promise<void> {
    await rm(this.#path('.unpacking'), { recursive: true, force: true });
  }

  /** Removes every release but those named. */
  async keepOnly(...versions: ReadonlyArray<string | undefined>): Promise<void> {
    const names = await readdir(this.#directory);
    const spare = names.filter((name) => isVersion(name) && !versions.includes(name));
    for (const name of spare) await rm(this.#path(name), { recursive: true, force: true });
  }

  /** Gives what lies in the workshop its place beside the others. */
  async shelve(version: string): Promise<void> {
    const place = this.#path(version);
    // One call for some thousand files; to flush each alone takes minutes on an SD card.
    await promisify(execFile)('sync', ['-f', this.#path('.unpacking')]);
    await rm(place, { recursive: true, force: true });
    await rename(this.#path('.unpacking'), place);
    await syncDirectory(this.#directory);
  }

  /** From the next start on `version` runs, on trial; `from` is what the launcher goes back to. */
  async putOnTrial(version: string, from: string): Promise<void> {
    const words = `release ${version}\nfrom ${from}\nstarts 0\n`;
    await rm(this.#path('failed'), { force: true });
    await writeDurably(this.#directory, this.#path('trial'), [Buffer.from(words)]);
    await rm(this.#path('current.next'), { force: true });
    await symlink(version, this.#path('current.next'));
    await rename(this.#path('current.next'), this.#path('current'));
    await syncDirectory(this.#directory);
  }

  /** Whether `version` is on trial. */
  async onTrial(version: string): Promise<boolean> {
    return (await this.#read('trial'))?.includes(`release ${version}\n`) ?? false;
  }

  /** The release on trial has shown that it does its work. */
  async passTrial(): Promise<void> {
    await rm(this.#path('trial'), { force: true });
    await syncDirectory(this.#directory);
  }

  /** What the launcher says of a release that failed its trial, if the last one did. */
  async failure(): Promise<{ release: string; reason: string; at: Date } | undefined> {
    const words = await this.#read('failed');
    const [, release, reason, at] = /^release (.*)\nreason (.*)\nat (\d+)\n/.exec(words ?? '') ?? [];
    if (release === undefined || reason === undefined) return undefined;
    return { release, reason, at: new Date(Number(at) * 1_000) };
  }

  async #read(name: string): Promise<string | undefined> {
    return readFile(this.#path(name), 'utf8').catch(() => undefined);
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}
