import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { sha256 } from '../../src/release/manifest.ts';
import { makeSeal, SEAL_BYTES } from '../../src/release/seal.ts';
import { TAR_END, tarEntry } from '../../src/release/tar.ts';
import { fact } from '../peers/onvif-visit.ts';
import { KEY, madeRelease, upgrading } from '../peers/upgrading.ts';

const GOOD = madeRelease('2.0.0', 'good');
const STRAY = { path: 'ovd-gateway-2.0.1/stray', bytes: Buffer.from('x'), executable: false };

/** What somebody with the key would sign if the bytes inside were these. */
function resealed(change: (tar: Buffer) => Buffer): Buffer {
  const archive = gzipSync(change(gunzipSync(GOOD)));
  return Buffer.concat([archive, makeSeal(sha256(archive), KEY.privateKey)]);
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

test('a signed release is brought, unpacked beside the running one, and started on trial', async (t) => {
  const { box, server, upgrader, restarted } = await upgrading(t, GOOD);
  box.release('0.8.0', 'good');
  upgrader.order({ version: '2.0.0', url: server.url });
  assert.equal(upgrader.upgrading, true);
  await restarted();
  assert.equal(box.current, '2.0.0');
  assert.equal(box.text('trial'), 'release 2.0.0\nfrom 1.0.0\nstarts 0\n');
  assert.deepEqual(readdirSync(box.path('')).sort(), ['1.0.0', '2.0.0', 'current', 'trial']);
  await box.launch(t).says('running 2.0.0');
  assert.equal(box.has('trial'), false);
});

test('a download that breaks off again and again goes on where it was', async (t) => {
  const { box, server, upgrader, directory, restarted } = await upgrading(t, GOOD);
  server.cuts.push(300, 1, 200);
  const kept = (): number => Math.max(0, ...readdirSync(directory).map((name) => statSync(join(directory, name)).size));
  server.arrived = (bytes) => kept() >= bytes;
  upgrader.order({ version: '2.0.0', url: server.url });
  await restarted();
  assert.equal(server.asked[0], '');
  assert.equal(server.asked.length, 4);
  assert.ok(
    server.asked.slice(1).every((range) => range !== ''),
    server.asked.join(),
  );
  assert.equal(box.current, '2.0.0');
  assert.deepEqual(readdirSync(directory), []);
});

test('a server that knows no ranges sends it from the start, and a redirect is followed', async (t) => {
  const { server, upgrader, restarted } = await upgrading(t, GOOD);
  server.knowsRanges = false;
  server.cuts.push(400);
  upgrader.order({ version: '2.0.0', url: new URL('/moved', server.url).href });
  await restarted();
});

test('what is not a release that somebody we trust has signed is refused, and leaves nothing', async (t) => {
  const stranger = generateKeyPairSync('ed25519').privateKey;
  const cases: ReadonlyArray<readonly [reason: string, bytes: Buffer]> = [
    ['its signature is wrong', flipped(GOOD, 500)],
    ['its signature is wrong', flipped(GOOD, GOOD.length - 30)],
    ['it carries no signature, or is not whole', GOOD.subarray(0, -1)],
    ['it carries no signature, or is not whole', GOOD.subarray(0, -SEAL_BYTES)],
    ['it is not whole', GOOD.subarray(0, 50)],
    ['it is signed with a key that is not in upgrade.keys', madeRelease('2.0.0', 'good', stranger)],
    ['it is 2.0.1, not what firmware_model says', madeRelease('2.0.1', 'good')],
    ['a file in it is damaged', resealed((tar) => flipped(tar, tar.indexOf('running 2.0.0')))],
    ['it is cut short', resealed((tar) => tar.subarray(0, 2_048))],
    [
      'files are missing in it',
      resealed((tar) => Buffer.concat([tar.subarray(0, tar.indexOf('ovd-gateway-2.0.0/inst')), Buffer.alloc(1_024)])),
    ],
    [
      'it holds a file outside of its folder',
      resealed((tar) => Buffer.concat([tar.subarray(0, -TAR_END.length), tarEntry(STRAY, 0), TAR_END])),
    ],
    ['it is cut short', resealed(() => Buffer.from('no tar'))],
  ];
  await Promise.all(
    cases.map(async ([reason, bytes]) => {
      const { box, server, upgrader, lines, text, directory } = await upgrading(t, bytes);
      upgrader.order({ version: '2.0.0', url: server.url });
      await fact(() => !upgrader.upgrading);
      const { failed } = upgrader.status;
      assert.match(failed?.why ?? '', new RegExp(reason));
      assert.equal(lines.filter(({ msg }) => msg === 'upgrade failed').length, 1, reason);
      assert.doesNotMatch(text(), /token=secret/);
      assert.equal(box.current, '1.0.0');
      const left = readdirSync(box.path('')).sort();
      assert.deepEqual([left, readdirSync(directory)], [['1.0.0', 'current'], []], reason);
    }),
  );
});

test('a release that is too large, or not to be had, ends the upgrade', async (t) => {
  const large = await upgrading(t, GOOD, { maxBytes: 500 });
  large.upgrader.order({ version: '2.0.0', url: large.server.url });
  const absent = await upgrading(t, GOOD);
  absent.server.status = 404;
  absent.upgrader.order({ version: '2.0.0', url: absent.server.url });
  await fact(() => !large.upgrader.upgrading && !absent.upgrader.upgrading);
  assert.match(large.upgrader.status.failed?.why ?? '', /larger than allowed/);
  assert.match(absent.upgrader.status.failed?.why ?? '', /HTTP 404/);
});

test('a disk that takes nothing ends the upgrade with a word on why', async (t) => {
  const { box, server, upgrader, lines } = await upgrading(t, GOOD);
  rmSync(box.path(''), { recursive: true });
  upgrader.order({ version: '2.0.0', url: server.url });
  await fact(() => !upgrader.upgrading);
  assert.equal(upgrader.status.failed?.why, 'the release cannot be stored: ENOENT');
  assert.equal(lines.find(({ msg }) => msg === 'upgrade failed')?.level, 40);
});

test('a server that is in trouble is asked again, until the hour is over', async (t) => {
  const { server, upgrader } = await upgrading(t, GOOD);
  server.status = 503;
  upgrader.order({ version: '2.0.0', url: server.url });
  await fact(() => server.asked.length > 2);
  server.status = undefined;
  await fact(() => upgrader.status.step === 'restarting');
});

test('an order that cannot be right is refused before anything is downloaded', async (t) => {
  const order = { version: '2.0.0', url: 'http://127.0.0.1:1/x' };
  const cases: ReadonlyArray<readonly [RegExp, Parameters<typeof upgrading>[2], Partial<typeof order>?]> = [
    [/upgrade.keys is empty/, { keys: [] }],
    [/only a gateway installed by install.sh/, { installation: undefined }],
    [/runs already/, { version: '2.0.0' }],
    [/older than what runs/, { version: '2.0.1' }],
    [/no version of ours/, {}, { version: '../../etc' }],
  ];
  for (const [reason, settings, change] of cases) {
    const { upgrader, server } = await upgrading(t, GOOD, settings);
    assert.throws(() => upgrader.order({ ...order, ...change }), { kind: 'upgrade-refused', sentence: reason });
    assert.match(upgrader.status.failed?.why ?? '', reason);
    assert.equal(upgrader.upgrading, false);
    assert.deepEqual(server.asked, []);
  }
});

test('an older release is taken where that is allowed; while it is, another one is refused', async (t) => {
  const { upgrader, server } = await upgrading(t, GOOD, { version: '3.0.0', allowDowngrade: true });
  server.status = 503;
  upgrader.order({ version: '2.0.0', url: server.url });
  upgrader.order({ version: '2.0.0', url: server.url });
  assert.throws(() => upgrader.order({ version: '4.0.0', url: 'http://127.0.0.1:1/x' }), { kind: 'upgrade-refused' });
  assert.equal(upgrader.upgrading, true);
  server.status = undefined;
  await fact(() => upgrader.status.step === 'restarting');
});

test('an order outlives the configuration under which it was given', async (t) => {
  const standing = {};
  const before = await upgrading(t, GOOD, { standing });
  const { box, server, directory } = before;
  server.cuts.push(300);
  server.arrived = () => false;
  before.upgrader.order({ version: '2.0.0', url: server.url });
  await fact(() => readdirSync(directory).some((name) => statSync(join(directory, name)).size === 300));
  await before.end();
  const installation = { directory: box.path(''), agreement: 1, onTrial: false };
  const after = await upgrading(t, GOOD, { installation, directory, standing });
  assert.equal(after.upgrader.upgrading, true);
  await after.restarted();
  assert.equal(box.current, '2.0.0');
  assert.deepEqual(server.asked, ['', 'bytes=300-']);
  assert.deepEqual(standing, { order: undefined });
});

test('an order that stands is refused by a configuration that takes its key away', async (t) => {
  const standing = { order: { version: '2.0.0', url: 'http://127.0.0.1:1/x' } };
  const { upgrader } = await upgrading(t, GOOD, { standing, keys: [] });
  await fact(() => !upgrader.upgrading);
  assert.match(upgrader.status.failed?.why ?? '', /upgrade.keys is empty/);
});

test('a release that crashes is taken back, told of, and not tried again at once', async (t) => {
  const { box, server, upgrader, directory, restarted } = await upgrading(t, madeRelease('2.0.0', 'crashes'));
  upgrader.order({ version: '2.0.0', url: server.url });
  await restarted();
  await box.launch(t).says('running 1.0.0');
  const installation = { directory: box.path(''), agreement: 1, onTrial: false };
  const next = await upgrading(t, GOOD, { installation, directory });
  await fact(() => next.lines.some(({ msg }) => msg === 'an upgrade failed, and was taken back'));
  assert.equal(next.upgrader.status.failed?.why, 'it ended with exit code 3');
  assert.throws(() => next.upgrader.order({ version: '2.0.0', url: server.url }), { sentence: /less than an hour/ });
});
