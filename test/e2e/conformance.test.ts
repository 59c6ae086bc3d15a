import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseConfig } from '../../src/config/read.ts';
import { Gateway } from '../../src/gateway/gateway.ts';
import { RULES } from '../../src/simulator/ovc/conformance/rules.ts';
import type { TourReport } from '../../src/simulator/ovc/conformance/tour-report.ts';
import { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { motion } from '../peers/heard-camera.ts';
import { hastyClock } from '../peers/lan.ts';
import { readableLog } from '../peers/readable-log.ts';
import { CODE, OVC_PASSWORD, siteConfig, startSite } from '../peers/site.ts';

/** Fast enough for the suite, and slow enough for a machine that has much else to do. */
const TIMES = 5;

const bad = ({ rules }: TourReport) => rules.filter(({ outcome }) => outcome !== 'pass');
const ids = (fits: (id: string) => boolean): string[] => RULES.filter(({ id }) => fits(id)).map(({ id }) => id);
const isRecord = (id: string): boolean => id.startsWith('record');
const isSlow = (id: string): boolean => RULES.some((rule) => rule.id === id && rule.slow === true);

/** A gateway without cameras for which, as for its platform, time passes faster. */
async function hastyGateway(t: TestContext): Promise<OvcSimulator> {
  const clock = hastyClock(TIMES);
  const { log } = readableLog('warn');
  const ovc = await OvcSimulator.listen({ accounts: { [CODE]: OVC_PASSWORD }, log, clock });
  const config = parseConfig(siteConfig(ovc, []), { source: 'site.json', env: {} });
  const { platform } = config;
  const login = {
    url: new URL(platform.url),
    loginCode: platform.login_code,
    password: platform.login_password,
    hardwareModel: 'test',
    firmwareModel: '0',
  };
  const stateDirectory = mkdtempSync(join(tmpdir(), 'ovd-hasty-'));
  const stop = new AbortController();
  const running = (await Gateway.open({ config, login, stateDirectory, clock, log, restart: () => undefined })).run(
    stop.signal,
  );
  t.after(async () => {
    stop.abort();
    await running;
    await ovc.close();
    rmSync(stateDirectory, { recursive: true, force: true });
  });
  await ovc.waitFor(() => (ovc.devices.get(CODE)?.report.keepalives ?? 0) > 0);
  return ovc;
}

const WITH_CAMERA = { cameras: [{ main: { gopSeconds: 1 } }] };

test('the gateway keeps to every rule of the protocol', { concurrency: 3 }, async (t) => {
  await Promise.all([
    t.test('asked, live and with an alarm', async (t) => {
      const { ovc, cameras } = await startSite(t, WITH_CAMERA);
      cameras[0]?.equipment.events.emit(motion(true));
      await ovc.waitFor(() => ovc.alarms.count > 0);
      const report = await ovc.tours.begin(CODE, { only: ids((id) => !isRecord(id) && !isSlow(id)) });
      assert.deepEqual(bad(report), []);
    }),
    t.test('recording', async (t) => {
      const { ovc } = await startSite(t, WITH_CAMERA);
      assert.deepEqual(bad(await ovc.tours.begin(CODE, { only: ids(isRecord) })), []);
    }),
    t.test('when the link is broken, silent or speaks nonsense', async (t) => {
      const ovc = await hastyGateway(t);
      assert.deepEqual(bad(await ovc.tours.begin(CODE, { only: ids(isSlow) })), []);
    }),
  ]);
});
