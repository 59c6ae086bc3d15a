import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { complaintsIn, readComplaints, readTemperature } from '../../../src/device/board-sensors.ts';
import { BoxHealth } from '../../../src/device/box-health.ts';
import { FakeClock } from '../../peers/fake-clock.ts';
import { readableLog } from '../../peers/readable-log.ts';
import { scratch } from '../../peers/scratch.ts';

const WORDS: ReadonlyArray<readonly [string, readonly string[] | undefined]> = [
  ['0\n', []],
  ['throttled=0x0', []],
  ['50005', ['under-voltage', 'throttled']],
  ['throttled=0x50000', ['under-voltage-earlier', 'throttled-earlier']],
  ['0x80008', ['temperature-limit']],
  ['20002', ['frequency-capped']],
  ['', undefined],
  ['error=1 error_msg="Command not registered"', undefined],
];

for (const [words, complaints] of WORDS) {
  test(`what a Pi says with ${JSON.stringify(words)} is ${complaints?.join(', ') ?? 'nothing'}`, () => {
    assert.deepEqual(complaintsIn(words), complaints);
  });
}

/** A /sys with these files. */
async function board(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const sys = await scratch(t);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(sys, name)), { recursive: true });
    await writeFile(join(sys, name), text);
  }
  return sys;
}

const zone = (number: number, type: string, temp: string) => ({
  [`class/thermal/thermal_zone${number}/type`]: `${type}\n`,
  [`class/thermal/thermal_zone${number}/temp`]: `${temp}\n`,
});

test('the temperature is that of the processor, not of a battery or of a sensor that is not there', async (t) => {
  const pi = await board(t, zone(0, 'cpu-thermal', '61234'));
  assert.equal(await readTemperature(pi), 61.234);
  const laptop = { ...zone(0, 'BAT0', '99000'), ...zone(1, 'x86_pkg_temp', '47000'), ...zone(2, 'iwlwifi_1', '') };
  assert.equal(await readTemperature(await board(t, laptop)), 47);
  assert.equal(await readTemperature(await board(t, zone(0, 'acpitz', '-273200'))), undefined);
  assert.equal(await readTemperature(await board(t, {})), undefined);
});

test('low voltage is told by the firmware, else by the driver for it, else by nobody', async (t) => {
  const firmware = { 'devices/platform/soc/soc:firmware/get_throttled': '10001\n' };
  const driver = { 'class/hwmon/hwmon1/name': 'rpi_volt\n', 'class/hwmon/hwmon1/in0_lcrit_alarm': '1\n' };
  assert.deepEqual(await readComplaints(await board(t, firmware)), ['under-voltage']);
  assert.deepEqual(await readComplaints(await board(t, driver)), ['under-voltage']);
  assert.deepEqual(await readComplaints(await board(t, { 'class/hwmon/hwmon0/name': 'coretemp\n' })), undefined);
});

test('a weak supply is one warning, however often it is seen', async (t) => {
  const sys = await board(t, { 'devices/platform/soc/soc:firmware/get_throttled': '50005\n' });
  const { log, lines } = readableLog();
  const health = new BoxHealth({ stateDirectory: sys, clock: new FakeClock(), log, sys });
  for (let count = 0; count < 3; count++) await health.read();
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ['the power supply of this box is too weak'],
  );
  assert.ok((health.reading?.disk?.totalBytes ?? 0) > 0);
  assert.ok((health.reading?.memory.processBytes ?? 0) > 0);
});
