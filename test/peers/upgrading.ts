import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Upgrader, type UpgraderParts } from '../../src/device/upgrade/upgrader.ts';
import { packRelease } from '../../src/release/pack.ts';
import { keyText } from '../../src/release/seal.ts';
import { Box, type CONDUCT, programText } from './box.ts';
import { hastyClock } from './lan.ts';
import { readableLog } from './readable-log.ts';
import { ReleaseServer } from './release-server.ts';

export const KEY = generateKeyPairSync('ed25519');

/** A signed release whose program behaves so. */
export function madeRelease(version: string, conduct: keyof typeof CONDUCT, key = KEY.privateKey): Buffer {
  const files = [
    { path: 'dist/main.js', bytes: Buffer.from(programText(version, conduct)), executable: false },
    { path: 'install.sh', bytes: Buffer.from('#!/bin/sh\n'), executable: true },
  ];
  return packRelease({ version, node: '20.0.0', files, time: 1_790_000_000 }, key);
}

/** A box on which 1.0.0 runs, a server with a release, and the upgrader that 1.0.0 has. */
export async function upgrading(t: TestContext, release: Buffer, settings: Partial<UpgraderParts> = {}) {
  const box = await Box.with(t, { '1.0.0': 'good' });
  box.point('1.0.0');
  const server = await ReleaseServer.with(t, release);
  const { log, lines, text } = readableLog();
  const stop = new AbortController();
  const directory = join(box.home, 'state', 'upgrade');
  mkdirSync(directory, { recursive: true });
  const upgrader = new Upgrader({
    ...{ version: '1.0.0', installation: { directory: box.path(''), agreement: 1, onTrial: false }, directory },
    ...{ keys: [keyText(KEY.publicKey)], allowDowngrade: false, maxBytes: 1_000_000 },
    link: () => ({ upSince: undefined, answered: undefined }),
    standing: {},
    restart: () => undefined,
    onChange: () => undefined,
    ...{ clock: hastyClock(100), log },
    ...settings,
  });
  const ended = upgrader.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await ended;
  };
  t.after(end);
  /** Resolves when the release is in its place; rejects when the upgrade has failed. */
  const restarted = async (): Promise<void> => {
    while (upgrader.status.step !== 'restarting') {
      assert.equal(upgrader.status.failed, undefined);
      await delay(5);
    }
  };
  return { box, server, upgrader, lines, text, directory, restarted, end };
}
