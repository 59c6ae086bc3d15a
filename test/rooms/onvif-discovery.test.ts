import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import type { DiscoveredDevice } from '../../src/onvif/discovery/device.ts';
import { ownAddresses, scan } from '../../src/onvif/discovery/scan.ts';
import type { BadHabitName } from '../../src/simulator/camera/bad-habits.ts';
import { type Discoverable, runDiscoveryResponder } from '../../src/simulator/camera/discovery-responder.ts';
import { Habits } from '../../src/simulator/camera/habits.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { fact } from '../peers/onvif-visit.ts';
import { readableLog } from '../peers/readable-log.ts';

function discoverable(number: number, habits: readonly BadHabitName[] = []): Discoverable {
  const mac = `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`;
  return {
    identity: { name: `Camera ${number} (Tür)`, serial: `S-${number}`, mac },
    endpoint: `urn:uuid:0000-${number}`,
    xaddr: `http://127.0.0.1:${8000 + number}/onvif/device_service`,
    habits: new Habits(habits, () => undefined),
  };
}

async function responder(t: TestContext, cameras: readonly Discoverable[]): Promise<number> {
  const life = new AbortController();
  let done: Promise<void> = Promise.resolve();
  const port = await new Promise<number>((ready) => {
    done = runDiscoveryResponder({ host: '127.0.0.1', port: 0, cameras: () => cameras }, life.signal, ready);
  });
  t.after(async () => {
    life.abort();
    await done;
  });
  return port;
}

/** Scans until so many are found, then lets the rest of the time go by. */
async function scanned(port: number, count: number): Promise<DiscoveredDevice[]> {
  const clock = new FakeClock();
  let found = 0;
  const wish = { from: ['127.0.0.1'], to: { host: '127.0.0.1', port }, found: () => found++ };
  const parts = { clock, log: readableLog().log, random: () => 0.5 };
  const devices = scan(wish, parts, new AbortController().signal);
  await fact(() => clock.sleeping >= 2);
  for (let gone = 0; found < count && gone < 4900; gone += 100) {
    await clock.advance(100);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  await fact(() => found >= count);
  await clock.advance(5000);
  return devices;
}

/** What a camera may do to discovery, and still be found with its address and name. */
const HABITS: ReadonlyArray<readonly BadHabitName[]> = [
  [],
  ['probe-needs-types'],
  ['probe-without-types-only'],
  ['probe-once'],
  ['match-from-other-port'],
  ['match-without-relates-to'],
  ['match-after-garbage'],
  ['xaddrs-many'],
  ['xaddrs-padded'],
  ['scopes-double-encoded'],
];

for (const habits of HABITS) {
  test(`finds a camera ${habits.length > 0 ? `with the habit ${habits.join()}` : 'without bad habits'}, once`, async (t) => {
    const devices = await scanned(await responder(t, [discoverable(1, habits)]), 1);
    assert.deepEqual(
      devices.map(({ endpoint, address, xaddr, name, hardware, mac, types }) => {
        return { endpoint, address, xaddr: xaddr.href, name, hardware, mac, types };
      }),
      [
        {
          endpoint: 'urn:uuid:0000-1',
          address: '127.0.0.1',
          xaddr: 'http://127.0.0.1:8001/onvif/device_service',
          name: 'Camera 1 (Tür)',
          hardware: 'Virtual camera',
          mac: '02:00:00:00:00:01',
          types: ['NetworkVideoTransmitter'],
        },
      ],
    );
  });
}

test('a camera without XAddrs is asked where it is', async (t) => {
  const devices = await scanned(await responder(t, [discoverable(1, ['match-without-xaddrs'])]), 2);
  assert.deepEqual(
    devices.map(({ xaddr }) => xaddr.href),
    ['http://127.0.0.1:8001/onvif/device_service'],
  );
});

test('a camera without XAddrs that does not say either is looked for where such a service usually is', async (t) => {
  const habits = ['match-without-xaddrs', 'endpoint-from-message'] as const;
  const [device] = await scanned(await responder(t, [discoverable(1, habits)]), 1);
  assert.equal(device?.xaddr.href, 'http://127.0.0.1/onvif/device_service');
});

test('an endpoint that says nothing is taken as it is: nobody is told apart by it', async (t) => {
  const [shared] = await scanned(await responder(t, [discoverable(1, ['endpoint-shared'])]), 1);
  assert.equal(shared?.endpoint, 'urn:uuid:00000000-0000-0000-0000-000000000000');
  const changing = await scanned(await responder(t, [discoverable(2, ['endpoint-from-message'])]), 1);
  assert.equal(changing.length, 1);
});

test('32 cameras are found at once, several in a packet', async (t) => {
  const cameras = Array.from({ length: 32 }, (_, at) => discoverable(at + 1));
  const devices = await scanned(await responder(t, cameras), 32);
  assert.equal(new Set(devices.map(({ endpoint }) => endpoint)).size, 32);
});

test('a host that floods the port fills no memory', async (t) => {
  const many = Array.from({ length: 700 }, (_, at) => discoverable(at));
  const devices = await scanned(await responder(t, many), 512);
  assert.equal(devices.length, 512);
});

test('a scan ends early with its signal, and minds no port on which nobody listens', async () => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  const stop = new AbortController();
  const clock = new FakeClock();
  const wish = { from: ['127.0.0.1', '192.0.2.77'], to: { host: '127.0.0.1', port } };
  const { log, text } = readableLog();
  const devices = scan(wish, { clock, log }, stop.signal);
  await fact(() => text().includes('network card cannot be searched') && clock.sleeping >= 2);
  await clock.advance(1000);
  stop.abort();
  assert.deepEqual(await devices, []);
});

test('our own addresses lead somewhere', () => {
  for (const address of ownAddresses()) assert.doesNotMatch(address, /^127\./);
});
