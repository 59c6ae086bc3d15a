import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Channels } from '../../../src/channel/channels.ts';
import { GatewayError } from '../../../src/runtime/errors.ts';
import { channelAtHand, order, PATIENT, SIGHT, STREAM, turn, UNREACHABLE } from '../../peers/channel-at-hand.ts';

test('a channel is online when its camera has been seen, offline when the stay ends, with the reason', async (t) => {
  const { channel, stays } = channelAtHand(t);
  const seen = [channel.state.camera];
  stays[0]?.report(SIGHT);
  seen.push(channel.state.camera);
  stays[0]?.fail(UNREACHABLE);
  await turn();
  seen.push(channel.state.camera);
  assert.deepEqual(
    seen.map(({ presence }) => presence),
    ['unknown', 'online', 'offline'],
  );
  assert.equal(seen[2]?.presence === 'offline' && seen[2].why, UNREACHABLE);
});

test('how the events of its camera come is a fact of the channel', async (t) => {
  const { channel, stays, changes } = channelAtHand(t);
  const silentSince = new Date();
  stays[0]?.hearing({ mode: 'pull', heardAt: silentSince, silentSince, maybeInverted: ['motion'] });
  assert.equal(channel.state.hearing?.silentSince, silentSince);
  assert.equal(changes(), 1);
});

test('a camera that stays away for the same reason is no change', async (t) => {
  const { stays, clock, changes } = channelAtHand(t);
  stays[0]?.fail(UNREACHABLE);
  await clock.advance(1_000);
  stays[1]?.fail(new GatewayError('camera-unreachable', 'the camera does not answer'));
  await turn();
  assert.equal(stays.length, 2);
  assert.equal(changes(), 1);
});

test('a wrong password is tried again only after the time for which cameras lock accounts', async (t) => {
  const { stays, clock } = channelAtHand(t);
  stays[0]?.fail(new GatewayError('camera-unauthorized', 'the camera refuses the password'));
  await clock.advance(299_000);
  assert.equal(stays.length, 1);
  await clock.advance(301_000);
  assert.equal(stays.length, 2);
});

test('a publish is answered when it flows, and the state says so', async (t) => {
  const { channel, stays, pushes } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  let answered = false;
  const publishing = channel.publish(order('s1'), PATIENT).then(() => {
    answered = true;
  });
  await turn();
  assert.equal(pushes[0]?.order.url, 'rtmp://ovc/live/key');
  assert.equal(answered, false);
  pushes[0]?.report({ live: true });
  await publishing;
  assert.deepEqual(channel.state.publish, { streamId: 's1', live: true });
});

test('the same stream again is answered at once, another one replaces it', async (t) => {
  const { channel, stays, pushes } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  void channel.publish(order('s1'), PATIENT);
  await turn();
  pushes[0]?.report({ live: true });
  await channel.publish(order('s1'), PATIENT);
  assert.equal(pushes.length, 1);
  const second = channel.publish(order('s2'), PATIENT);
  await turn();
  await turn();
  assert.equal(pushes[0]?.signal.aborted, true);
  pushes[1]?.report({ live: true });
  await second;
  assert.equal(channel.state.publish?.streamId, 's2');
});

test('a push that is being re-established keeps its stream and says that it does not flow', async (t) => {
  const { channel, stays, pushes } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  void channel.publish(order('s1'), PATIENT);
  await turn();
  pushes[0]?.report({ live: true });
  pushes[0]?.report({ live: false, why: 'server gone' });
  assert.deepEqual(channel.state.publish, { streamId: 's1', live: false, why: 'server gone' });
});

test('a publish that fails before it flows fails its order and leaves no push', async (t) => {
  const { channel, stays, pushes } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  const publishing = channel.publish(order('s1'), PATIENT);
  await turn();
  pushes[0]?.fail(new GatewayError('publish-refused', 'the server refused'));
  await assert.rejects(publishing, { kind: 'publish-refused' });
  await turn();
  assert.equal(channel.state.publish, undefined);
});

test('an order whose deadline passes gives the attempt up', async (t) => {
  const { channel, stays, pushes } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  const deadline = new AbortController();
  const publishing = channel.publish(order('s1'), deadline.signal);
  await turn();
  deadline.abort();
  await assert.rejects(publishing, { kind: 'ended-early' });
  assert.equal(pushes[0]?.signal.aborted, true);
});

test('stopping ends the push of that stream, and any other stream is a success too', async (t) => {
  const { channel, stays, pushes } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  void channel.publish(order('s1'), PATIENT);
  await turn();
  pushes[0]?.report({ live: true });
  await channel.stopPublish('other');
  assert.equal(channel.state.publish?.streamId, 's1');
  await channel.stopPublish('s1');
  await turn();
  assert.equal(channel.state.publish, undefined);
});

test('an offline channel refuses to publish and says why', async (t) => {
  const { channel, stays } = channelAtHand(t);
  stays[0]?.fail(UNREACHABLE);
  await turn();
  await assert.rejects(channel.publish(order('s1'), PATIENT), {
    kind: 'channel-offline',
    sentence: 'the channel is not online: the camera does not answer',
  });
});

test('right after the start a publish waits for the first verdict about the camera', async (t) => {
  const { channel, stays, pushes } = channelAtHand(t);
  void channel.publish(order('s1'), PATIENT).catch(() => undefined);
  await turn();
  assert.equal(pushes.length, 0);
  stays[0]?.report(SIGHT);
  await turn();
  assert.equal(pushes.length, 1);
});

test('standby keeps the stream open and follows the camera to another address', async (t) => {
  const { stays, standbys } = channelAtHand(t, { standby: true });
  stays[0]?.report(SIGHT);
  stays[0]?.report({ ...SIGHT });
  assert.equal(standbys.length, 1);
  stays[0]?.report({ ...SIGHT, streams: [{ ...STREAM, url: new URL('rtsp://10.0.0.9/main') }] });
  assert.equal(standbys.length, 2);
  assert.equal(standbys[0]?.signal.aborted, true);
});

test('a push follows the camera to another address, under the same stream', async (t) => {
  const { channel, stays, pushes } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  void channel.publish(order('s1'), PATIENT);
  await turn();
  pushes[0]?.report({ live: true });
  stays[0]?.report({ ...SIGHT, streams: [{ ...STREAM, url: new URL('rtsp://10.0.0.9/main') }] });
  await turn();
  assert.equal(pushes[0]?.signal.aborted, true);
  assert.equal(pushes[1]?.order.stream.url.href, 'rtsp://10.0.0.9/main');
  pushes[1]?.report({ live: true });
  assert.deepEqual(channel.state.publish, { streamId: 's1', live: true });
});

test('the end of the channel is the end of its push', async (t) => {
  const { channel, stays, pushes, stop, done } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  void channel.publish(order('s1'), PATIENT);
  await turn();
  pushes[0]?.report({ live: true });
  stop.abort();
  await done;
  assert.equal(pushes[0]?.signal.aborted, true);
});

test('an order for a channel that is not there is refused', async (t) => {
  const channels = new Channels([channelAtHand(t).channel]);
  assert.throws(() => channels.publish({ channel: 9, ...order('s') }, PATIENT), { kind: 'no-such-channel' });
});

test('a camera that is down for an hour, in two ways by turns, is two warnings', async (t) => {
  const { stays, lines, clock } = channelAtHand(t);
  const hourMs = 3_600_000;
  for (let passedMs = 0; passedMs < hourMs; passedMs += 10_000) {
    const reason = stays.length % 2 === 0 ? 'connection refused' : 'no route';
    stays.at(-1)?.fail(new GatewayError('camera-unreachable', 'camera cannot be reached', { reason }));
    await clock.advance(10_000);
  }
  assert.ok(stays.length > 300);
  assert.equal(lines.filter(({ level }) => level >= 30).length, 2);
});
