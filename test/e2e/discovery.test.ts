import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BadHabitName } from '../../src/simulator/camera/bad-habits.ts';
import { CAMERA_USER, Lan, lanGateway, STRANGER, stateFolder, written } from '../peers/lan.ts';
import { fact } from '../peers/onvif-visit.ts';

/** By what a camera is known again before it gets its login. */
const SIGNS: ReadonlyArray<readonly [string, readonly BadHabitName[]]> = [
  ['serial number', ['open-identity', 'no-mac-scope', 'endpoint-random']],
  ['MAC address in discovery', ['endpoint-random']],
  ['MAC address in its endpoint', ['no-mac-scope']],
  ['endpoint alone', ['no-mac-scope', 'endpoint-random']],
];

// They wait more than they work.
describe('discovery', { concurrency: 7 }, () => {
  for (const [sign, habits] of SIGNS) {
    test(`a camera that DHCP has moved keeps its channel; who took its address gets no login (${sign})`, async (t) => {
      const lan = await Lan.start(t);
      const moving = await lan.camera(1, lan.host(2), { habits });
      const onvif = { host: lan.host(2), port: moving.camera.port, ...written(CAMERA_USER) };
      const { whenOnline, text, said } = await lanGateway(t, {
        discovery: lan.discovery,
        channels: [{ channel: 7, onvif }],
      });
      await whenOnline(7);
      await moving.leave();
      await whenOnline();
      const impostor = await lan.camera(2, lan.host(2), { habits, user: STRANGER, port: moving.camera.port });
      await said('another camera answers at this address');
      assert.equal(impostor.camera.counts.logins, 0);
      await moving.join(lan.host(3));
      await whenOnline(7);
      assert.equal(impostor.camera.counts.logins, 0);
      assert.doesNotMatch(text(), /cam-hunter2/);
    });
  }

  test('a camera is found by its endpoint alone, also when it answers no probe to itself', async (t) => {
    const lan = await Lan.start(t);
    const { camera } = await lan.camera(1, lan.host(2), { habits: ['probe-to-group-only'] });
    const endpoint = 'urn:uuid:5f5a69c2-e0ae-504f-829b-020000000101';
    const onvif = { endpoint, ...written(CAMERA_USER) };
    const { whenOnline } = await lanGateway(t, { discovery: lan.discovery, channels: [{ channel: 3, onvif }] });
    await whenOnline(3);
    assert.ok(camera.counts.logins > 0);
  });

  test('who takes the address of a camera between two looks gets no login either', async (t) => {
    const lan = await Lan.start(t);
    const { camera, leave } = await lan.camera(1, lan.host(2));
    const onvif = { host: lan.host(2), port: camera.port, ...written(CAMERA_USER) };
    const { whenOnline, said } = await lanGateway(t, { discovery: lan.discovery, channels: [{ channel: 7, onvif }] });
    await whenOnline(7);
    // The long poll is what feels the loss at once.
    await fact(() => camera.events.counts.waiting > 0);
    await leave();
    const impostor = await lan.camera(2, lan.host(2), { user: STRANGER, port: camera.port });
    await said('another camera answers at this address');
    await whenOnline();
    assert.equal(impostor.camera.counts.logins, 0);
  });

  test('whoever refuses a login that was good a moment ago is asked who it is', async (t) => {
    const lan = await Lan.start(t);
    const { camera, leave } = await lan.camera(1, lan.host(2));
    const onvif = { host: lan.host(2), port: camera.port, ...written(CAMERA_USER) };
    const events = { enabled: false };
    const config = { discovery: lan.discovery, channels: [{ channel: 7, onvif, events }] };
    const { whenOnline, said, ovc } = await lanGateway(t, config);
    await whenOnline(7);
    await leave();
    // Nothing was asked in between, so nothing shows that the camera has gone.
    const impostor = await lan.camera(2, lan.host(2), { user: STRANGER, port: camera.port });
    await ovc.request('OVD1', 'GetNetConfig', { channel: 7 });
    await said('another camera answers at this address');
    assert.ok(impostor.camera.counts.logins <= 2);
  });

  test('a camera that has moved is found where it went after a restart, too', async (t) => {
    const lan = await Lan.start(t);
    const moving = await lan.camera(1, lan.host(2));
    const onvif = { host: lan.host(2), port: moving.camera.port, ...written(CAMERA_USER) };
    const config = { discovery: lan.discovery, channels: [{ channel: 7, onvif }] };
    const folder = stateFolder(t);
    const first = await lanGateway(t, config, folder);
    await first.whenOnline(7);
    await first.stop();
    await moving.leave();
    await moving.join(lan.host(3));
    const second = await lanGateway(t, config, folder);
    await second.whenOnline(7);
    await second.stop();
    // Now without a scan: the new address is remembered.
    const third = await lanGateway(t, { ...config, discovery: { ...lan.discovery, enabled: false } }, folder);
    await third.whenOnline(7);
  });

  test('a camera given by its endpoint is found', async (t) => {
    const lan = await Lan.start(t);
    await lan.camera(1, lan.host(2));
    await lan.camera(2, lan.host(3), { user: STRANGER });
    const onvif = { endpoint: 'urn:uuid:5f5a69c2-e0ae-504f-829b-020000000101', ...written(CAMERA_USER) };
    const { whenOnline } = await lanGateway(t, { discovery: lan.discovery, channels: [{ channel: 4, onvif }] });
    await whenOnline(4);
  });

  test('new cameras get the lowest free numbers and keep them over restarts', async (t) => {
    const lan = await Lan.start(t);
    const folder = stateFolder(t);
    const known = await lan.camera(1, lan.host(2));
    const onvif = { host: lan.host(2), port: known.camera.port, ...written(CAMERA_USER) };
    const discovery = { ...lan.discovery, auto_map: true, credentials: [written(CAMERA_USER)] };
    const config = { discovery, channels: [{ channel: 1, onvif }] };
    await lan.camera(2, lan.host(3));
    const first = await lanGateway(t, config, folder);
    await first.whenOnline(0, 1);
    const third = await lan.camera(3, lan.host(4));
    await first.whenOnline(0, 1, 2);
    await first.stop();
    await third.leave();
    await lan.camera(4, lan.host(5));
    const second = await lanGateway(t, config, folder);
    // Number 2 is the third camera's, here or not.
    await second.whenOnline(0, 1, 3);
    await third.join(lan.host(6));
    await second.whenOnline(0, 1, 2, 3);
    assert.equal(third.camera.counts.authFailures, 0);
    assert.doesNotMatch(second.text(), /cam-hunter2/);
  });

  test('each login is tried once on a new camera, and too few to lock an account', async (t) => {
    const lan = await Lan.start(t);
    const folder = stateFolder(t);
    const wrong = (n: number) => ({ username: 'admin', password: `wrong-${n}` });
    const discovery = { ...lan.discovery, auto_map: true, credentials: [wrong(1), written(CAMERA_USER), wrong(2)] };
    const friend = await lan.camera(1, lan.host(2), { habits: ['open-identity'] });
    const digest = await lan.camera(2, lan.host(3), { habits: ['digest-everywhere'] });
    const stranger = await lan.camera(3, lan.host(4), { user: STRANGER });
    const { whenOnline, said, lines, stop } = await lanGateway(t, { discovery }, folder);
    await whenOnline(0, 1);
    const scans = () => lines.filter(({ msg }) => msg === 'scanned').length;
    while (scans() < 3) await said('scanned');
    await stop();
    assert.equal(friend.camera.counts.authFailures, 1);
    assert.equal(digest.camera.counts.authFailures, 1);
    assert.ok(stranger.camera.counts.authFailures <= 3);
    const before = stranger.camera.counts.authFailures;
    const again = await lanGateway(t, { discovery }, folder);
    await again.whenOnline(0, 1);
    assert.ok(stranger.camera.counts.authFailures + before <= 2 * 3);
    assert.equal(stranger.camera.counts.authFailures, before);
  });

  test('the configuration wins over remembered numbers, and says so in one line each', async (t) => {
    const lan = await Lan.start(t);
    const folder = stateFolder(t);
    const discovery = { ...lan.discovery, auto_map: true, credentials: [written(CAMERA_USER)] };
    const one = await lan.camera(1, lan.host(2));
    const first = await lanGateway(t, { discovery }, folder);
    await first.whenOnline(0);
    const two = await lan.camera(2, lan.host(3));
    await first.whenOnline(0, 1);
    await first.stop();
    const at = ({ camera }: typeof one) => ({ host: camera.host, port: camera.port, ...written(CAMERA_USER) });
    // Camera one gets another number, and camera two loses its number to a camera that is not there.
    const channels = [
      { channel: 5, onvif: at(one) },
      { channel: 1, onvif: { ...at(two), host: lan.host(99) } },
    ];
    const second = await lanGateway(t, { discovery, channels }, folder);
    await second.whenOnline(2, 5);
    const count = (words: string) => second.lines.filter(({ msg }) => msg === words).length;
    assert.equal(count('the configuration gives this camera another channel; its own number is not used'), 1);
    assert.equal(count('the configuration has taken the number of this camera'), 1);
  });

  test('32 cameras are found and get a channel each, whatever else is sent to the scan', async (t) => {
    const lan = await Lan.start(t);
    await lan.vandal([
      '',
      '<s:Envelope><<<&bad;',
      Buffer.alloc(60_000, 'A'),
      `<!DOCTYPE x [<!ENTITY a "${'b'.repeat(1000)}">]><x>&a;</x>`,
      `<e:Envelope xmlns:e="x"><e:Body><ProbeMatches><ProbeMatch><XAddrs>http://127.0.0.1:1/onvif ftp://x http://[</XAddrs></ProbeMatch></ProbeMatches></e:Body></e:Envelope>`,
    ]);
    await Promise.all(Array.from({ length: 32 }, (_, at) => lan.camera(at + 1, lan.host(at + 1))));
    const discovery = { ...lan.discovery, auto_map: true, credentials: [written(CAMERA_USER)] };
    const { whenOnline } = await lanGateway(t, { discovery });
    await whenOnline(...Array.from({ length: 32 }, (_, at) => at));
  });
});
