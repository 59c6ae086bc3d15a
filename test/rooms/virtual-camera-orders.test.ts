import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { OnvifSession } from '../../src/onvif/session.ts';
import type { Operation } from '../../src/onvif/soap.ts';
import { type Xml, xml } from '../../src/onvif/xml.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { isKind } from '../../src/runtime/errors.ts';
import { VirtualCamera } from '../../src/simulator/camera/camera.ts';
import { ADMIN, failureOf } from '../peers/onvif-visit.ts';
import { readableLog } from '../peers/readable-log.ts';

const life = new AbortController();

/** The reply as JSON, to look for words in. */
function asked(session: OnvifSession, name: string, args?: Xml): Promise<string> {
  const operation: Operation<string> = {
    service: 'device',
    name,
    ...(args ? { arguments: args } : {}),
    reply: z.unknown().transform((reply) => JSON.stringify(reply)),
  };
  return session.call(operation, { deadlineMs: 2000 }, life.signal);
}

test('the virtual camera takes orders: its clock is set, its network told, it reboots and comes back', async (t) => {
  const { log } = readableLog();
  const identity = { name: 'Yard', serial: 'VC-9', mac: '02:00:00:00:00:09' };
  const camera = await VirtualCamera.start({ ...identity, ...ADMIN, bootSeconds: 0.2 }, { signal: life.signal, log });
  const device = new URL(`http://127.0.0.1:${camera.onvifPort}/onvif/device_service`);
  const session = new OnvifSession({ device, credentials: ADMIN, clock: systemClock, log });
  t.after(async () => {
    session.close();
    life.abort();
    await camera.close();
  });

  assert.match(await asked(session, 'GetNetworkDefaultGateway'), /192\.0\.2\.1/);
  assert.match(await asked(session, 'GetDNS'), /192\.0\.2\.53/);
  assert.match(await asked(session, 'GetNetworkInterfaces'), /02:00:00:00:00:09/);

  const noon = xml`<tds:DateTimeType>Manual</tds:DateTimeType><tds:DaylightSavings>false</tds:DaylightSavings><tds:UTCDateTime><tt:Time><tt:Hour>12</tt:Hour><tt:Minute>0</tt:Minute><tt:Second>0</tt:Second></tt:Time><tt:Date><tt:Year>2031</tt:Year><tt:Month>5</tt:Month><tt:Day>4</tt:Day></tt:Date></tds:UTCDateTime>`;
  await asked(session, 'SetSystemDateAndTime', noon);
  await session.readClock({}, life.signal);
  const shown = new Date(Date.now() + (session.clockOffsetMs ?? 0)).toISOString();
  assert.match(shown, /^2031-05-04T12:00:/);
  assert.equal((await failureOf(asked(session, 'SetSystemDateAndTime'))).kind, 'camera-fault');

  camera.equipment.events.make(60_000);
  await asked(session, 'SystemReboot');
  while (
    !(await asked(session, 'GetNetworkInterfaces').then(
      () => false,
      (err: unknown) => isKind(err, 'camera-unreachable'),
    ))
  );
  while (
    !(await asked(session, 'GetNetworkInterfaces').then(
      () => true,
      () => false,
    ))
  );
  assert.equal(camera.equipment.events.counts.open, 0);
});
