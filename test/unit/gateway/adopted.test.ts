import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../../src/config/read.ts';
import { Discovery } from '../../../src/gateway/discovery.ts';
import { NOBODY } from '../../../src/onvif/identity/identity.ts';
import { Store } from '../../../src/store/store.ts';
import { FakeClock } from '../../peers/fake-clock.ts';
import { readableLog } from '../../peers/readable-log.ts';
import { scratch } from '../../peers/scratch.ts';

const configOf = (channels: readonly object[]) => {
  const platform = { url: 'ws://ovc', login_code: '1', login_password: 'x' };
  const content = { platform, discovery: { auto_map: true }, channels };
  return parseConfig(JSON.stringify(content), { source: 'gateway.yaml', env: {} });
};

test('a camera that found its channel by itself is told in the words of the file, until it stands there', async (t) => {
  const world = { clock: new FakeClock(), log: readableLog().log };
  const store = await Store.open({ ...world, directory: await scratch(t) });
  const identity = { ...NOBODY, model: 'M', serial: 'SERIAL-1', macs: [] };
  const address = 'https://192.168.1.20:8443/onvif/device_service';
  store.section('numbers').write([{ channel: 3, identity, name: 'Yard', account: 1 }]);
  store.section('cameras').write({ 3: { identity, openly: true, address, wanted: '' } });
  const discovery = new Discovery({ ...world, store, config: configOf([]) });
  const onvif = { host: '192.168.1.20', port: 8443, tls: true, serial: 'SERIAL-1' };
  assert.deepEqual(discovery.adopted(3), { name: 'Yard', account: 1, onvif });
  assert.equal(discovery.adopted(4), undefined);
  discovery.configure(configOf([{ channel: 3, name: 'Yard', onvif }]));
  assert.equal(discovery.adopted(3), undefined);
});
