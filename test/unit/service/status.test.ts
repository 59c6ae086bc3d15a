import assert from 'node:assert/strict';
import { test } from 'node:test';
import { siteStatus as schema } from '../../../src/admin/api.ts';
import { INITIAL } from '../../../src/channel/state.ts';
import { GatewayError } from '../../../src/runtime/errors.ts';
import { type ChannelFacts, channelStatus } from '../../../src/service/status/channel-status.ts';
import { readiness } from '../../../src/service/status/readiness.ts';
import { type SiteFacts, siteStatus } from '../../../src/service/status/site-status.ts';

const NOW = new Date('2026-05-01T12:00:00Z');
const later = (ms: number): Date => new Date(NOW.getTime() + ms);
const since = (): Date => NOW;

const CHANNEL: ChannelFacts = {
  ...{ channel: 3, name: 'The "door"', protocol: 'onvif', discovered: false, standby: false, host: '192.0.2.1' },
  ...{ state: INITIAL, nextTryAt: undefined, feed: undefined, push: undefined, sessions: [] },
};

const away = (err: Error): ChannelFacts => ({
  ...CHANNEL,
  state: { ...INITIAL, camera: { presence: 'offline', since: NOW, why: err } },
  nextTryAt: later(5_000),
});

const TROUBLES: ReadonlyArray<readonly [name: string, facts: ChannelFacts, kind: string, advice: string]> = [
  [
    'a refused password',
    away(new GatewayError('camera-unauthorized', 'no')),
    'camera-unauthorized',
    'set-camera-login',
  ],
  [
    'a camera that is off',
    away(new GatewayError('camera-unreachable', 'no')),
    'camera-unreachable',
    'check-camera-power-and-network',
  ],
  ['another camera', away(new GatewayError('other-camera', 'no')), 'other-camera', 'confirm-camera-replaced'],
  ['a bug', away(new Error('secret')), 'unexpected', 'send-support-bundle'],
  [
    'a live view that does not flow',
    { ...CHANNEL, state: { ...INITIAL, publish: { streamId: 's', live: false, why: 'refused' } } },
    'publish-failed',
    'ask-platform',
  ],
  [
    'a recording that does not flow',
    { ...CHANNEL, state: { ...INITIAL, recording: { sessionId: 's', flowing: false, why: 'waiting' } } },
    'recording-stalled',
    'restart-camera',
  ],
];

for (const [name, facts, kind, advice] of TROUBLES) {
  test(`${name} is told as ${kind}, with what to do`, () => {
    const [trouble, ...more] = channelStatus(facts, since).trouble;
    assert.deepEqual(more, []);
    assert.deepEqual([trouble?.kind, trouble?.advice, trouble?.since], [kind, advice, NOW.toISOString()]);
    assert.doesNotMatch(trouble?.why ?? '', /secret/);
  });
}

const SITE: SiteFacts = {
  ...{ version: '1.2.3', startedAt: NOW, state: 'running', channels: [CHANNEL], box: undefined, diskFails: false },
  ...{ time: { now: NOW, trusted: false, by: 'nobody' }, needs: new Map([['ffmpeg', 'not there']]) },
  ...{ backlog: { segments: 1, bytes: 2, alarms: 3 }, prerecord: { segments: 4, bytes: 5 }, upgradeFailure: undefined },
  configuration: { file: 'a.yaml', faults: [], canUndo: true, offerUndo: true },
  link: {
    ...{ host: 'ovc.example', loginCode: 'A' },
    status: {
      link: { state: 'down', since: NOW, kind: 'login-refused', why: 'refused', nextTryAt: later(60_000) },
      ...{ keepalive: undefined, server: undefined, logins: 3, aliveMs: 0 },
    },
  },
};

test('the status is what its schema says, with every fault of the site', () => {
  const status = siteStatus(SITE, since);
  assert.deepEqual(schema.parse(status), status);
  const kinds = status.faults.map(({ kind }) => kind);
  assert.deepEqual(kinds, ['new-platform-silent', 'login-refused', 'need-missing', 'time-untrusted']);
  assert.equal(status.link.reconnects, 2);
});

test('readiness tells the truth: tried again counts, overdue does not', () => {
  const down = siteStatus(SITE, since);
  const up = { state: 'running', link: { state: 'up', reconnects: 0 } } as const;
  const dialling = { state: 'running', link: { state: 'dialling', reconnects: 0 } } as const;
  const told = (status: Parameters<typeof readiness>[0], quietMs: number): string => {
    const { ready, why } = readiness(status, quietMs);
    return `${ready ? 'ready' : 'not ready'}: ${why}`;
  };
  assert.equal(told(down, -60_000), 'ready: not logged in (login-refused), tried again');
  assert.equal(told(down, 61_000), 'not ready: not logged in, and the next try is overdue');
  assert.equal(told(up, 11_000), 'ready: logged in');
  assert.equal(told(up, 46_000), 'not ready: logged in, but no keepalive is answered');
  assert.equal(told(dialling, 20_000), 'ready: logging in');
  assert.equal(told(dialling, 61_000), 'not ready: logging in for too long');
  const none = { state: 'none', reconnects: 0 } as const;
  assert.equal(told({ state: 'set-up', link: none }, 0), 'not ready: waiting for its set-up');
  assert.equal(told({ state: 'starting', link: none }, 0), 'not ready: no gateway is at work');
});
