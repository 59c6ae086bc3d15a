import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DiscoveredDevice } from '../../../../src/onvif/discovery/device.ts';
import { Scans } from '../../../../src/onvif/discovery/scans.ts';
import { FakeClock } from '../../../peers/fake-clock.ts';
import { fact } from '../../../peers/onvif-visit.ts';
import { readableLog } from '../../../peers/readable-log.ts';

function device(address: string): DiscoveredDevice {
  const xaddr = new URL(`http://${address}/onvif/device_service`);
  const texts = { endpoint: `urn:uuid:${address}`, name: '', hardware: '', location: '' };
  return { address, xaddr, xaddrs: [xaddr], ...texts, mac: undefined, types: [] };
}

function scanning(intervalMs: number | undefined) {
  const clock = new FakeClock();
  const life = new AbortController();
  const state = { scans: 0, found: [] as DiscoveredDevice[] };
  const scan = async (): Promise<readonly DiscoveredDevice[]> => {
    state.scans++;
    return state.found;
  };
  const scans = new Scans({ intervalMs, scan, clock, log: readableLog().log });
  const done = scans.run(life.signal);
  const end = async (): Promise<void> => {
    life.abort();
    await done;
  };
  return { clock, scans, state, end, signal: life.signal };
}

test('scans come at their interval; wishes come sooner, but not within ten seconds', async () => {
  const { clock, scans, state, end } = scanning(60_000);
  await fact(() => state.scans === 1 && clock.sleeping === 1);
  scans.wish();
  scans.wish();
  await fact(() => clock.sleeping === 1);
  await clock.advance(9_999);
  assert.equal(state.scans, 1);
  await clock.advance(1);
  await fact(() => state.scans === 2 && clock.sleeping === 1);
  await clock.advance(59_999);
  assert.equal(state.scans, 2);
  await clock.advance(1);
  await fact(() => state.scans === 3);
  await end();
});

test('without an interval it scans when it is asked, and tells whoever waits', async () => {
  const { scans, state, end, signal } = scanning(undefined);
  state.found = [device('192.0.2.1')];
  const seen = await scans.now(signal);
  assert.deepEqual(
    seen.map(({ device: { address } }) => address),
    ['192.0.2.1'],
  );
  assert.equal(state.scans, 1);
  await end();
});

test('what was found stays for a while after it has fallen silent', async () => {
  const { clock, scans, state, end } = scanning(60_000);
  const addresses = () => scans.sightings.map(({ device: { address } }) => address);
  state.found = [device('192.0.2.1')];
  await fact(() => addresses().length === 1 && clock.sleeping === 1);
  state.found = [device('192.0.2.2'), device('192.0.2.1')];
  await clock.advance(60_000);
  await fact(() => addresses().length === 2 && clock.sleeping === 1);
  state.found = [];
  for (let minute = 0; minute < 3; minute++) {
    await clock.advance(60_000);
    const scansSoFar = minute + 3;
    await fact(() => state.scans === scansSoFar && clock.sleeping === 1);
    assert.equal(addresses().length, 2);
  }
  await clock.advance(60_000);
  await fact(() => addresses().length === 0);
  await end();
});
