import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Answer } from '../../src/simulator/ovc/answers.ts';
import { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { GatewayProcess } from '../peers/gateway-process.ts';
import { readableLog } from '../peers/readable-log.ts';

const CODE = 'OVD1';
const PASSWORD = 'ovc-hunter2';

async function bound(t: TestContext, answer: Answer, password = PASSWORD) {
  const asked: string[] = [];
  const Bind = ({ bind_id }: { bind_id: string }): Answer => {
    asked.push(bind_id);
    return answer;
  };
  const { log } = readableLog();
  const ovc = await OvcSimulator.listen({ accounts: { [CODE]: PASSWORD }, rtmp: false, answers: { Bind }, log });
  t.after(() => ovc.close());
  const platform = { url: ovc.url, login_code: CODE, login_password: password };
  const gateway = GatewayProcess.bind(t, JSON.stringify({ platform }), 'B-42');
  return { code: await gateway.ended, text: gateway.text, asked, ovc };
}

test('bind tells the platform the ID and says that it worked', async (t) => {
  const { code, text, asked, ovc } = await bound(t, { resp: {} });
  assert.deepEqual([code, text, asked], [0, 'bound as OVD1', ['B-42']]);
  assert.equal(ovc.devices.get(CODE)?.report.faults, 0);
});

test('bind prints what the platform answers', async (t) => {
  const { code, text } = await bound(t, { resp: { owner: 'Jo' } });
  assert.deepEqual([code, text], [0, 'bound as OVD1: {"owner":"Jo"}']);
});

test('bind prints the words of a platform that refuses, and fails', async (t) => {
  const { code, text } = await bound(t, { err: { code: 12, msg: 'this ID has expired' } });
  assert.deepEqual([code, text], [1, 'the OVC refused: this ID has expired']);
});

test('bind with a wrong login says so, and not the password', async (t) => {
  const { code, text } = await bound(t, { resp: {} }, 'wrong-hunter2');
  assert.equal(code, 1);
  assert.match(text, /the OVC refuses this login code and password/);
  assert.doesNotMatch(text, /hunter2/);
});
