import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { FlvTag } from '../../src/media/flv-tag.ts';
import { encodeAmf } from '../../src/media/rtmp/amf0.ts';
import { CHUNK_STREAM, TYPE } from '../../src/media/rtmp/message.ts';
import type { Publication } from '../../src/media/rtmp/publication.ts';
import { openPublisher } from '../../src/media/rtmp/publisher.ts';
import { type Clock, systemClock } from '../../src/runtime/clock.ts';
import { GatewayError } from '../../src/runtime/errors.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { type RawPeer, RawRtmpServer, type Script, status } from '../peers/raw-rtmp-server.ts';
import { readableLog } from '../peers/readable-log.ts';

const FRAME: FlvTag = { kind: 'video', timestampMs: 40, body: Buffer.alloc(50_000, 0x27) };

async function serving(t: TestContext, treat: Script | ((peer: RawPeer) => void)): Promise<RawRtmpServer> {
  const server = typeof treat === 'function' ? await RawRtmpServer.listen(treat) : await RawRtmpServer.scripted(treat);
  t.after(() => server.close());
  return server;
}

function lifeOf(t: TestContext): AbortController {
  const life = new AbortController();
  t.after(() => life.abort());
  return life;
}

function opening(t: TestContext, url: string, clock: Clock = systemClock, life = lifeOf(t)): Promise<Publication> {
  return openPublisher({ url, clock, log: readableLog().log }, life.signal);
}

interface Published {
  readonly publication: Publication;
  readonly peer: RawPeer;
  readonly life: AbortController;
}

async function published(t: TestContext, script: Script = {}, clock?: Clock): Promise<Published> {
  const server = await serving(t, script);
  const life = lifeOf(t);
  const publication = await opening(t, server.url, clock, life);
  const [peer] = server.peers;
  assert.ok(peer);
  return { publication, peer, life };
}

const names = (peer: RawPeer): string[] => peer.commands.map(({ name }) => name);
const says =
  (words: RegExp) =>
  (err: unknown): boolean => {
    assert.ok(err instanceof GatewayError);
    assert.match(`${err.kind} ${err.sentence}`, words);
    assert.doesNotMatch(JSON.stringify(err.fields), /secretkey|hush/);
    return true;
  };

/** A server's script, and how the opening fails by it. */
const REFUSALS: ReadonlyArray<readonly [string, Script | ((peer: RawPeer) => void), RegExp]> = [
  [
    'hangs up in the handshake',
    ({ socket }) => socket.end('\x03abc'),
    /^publish-failed .*hung up during the handshake/,
  ],
  [
    'resets the connection',
    ({ socket }) => socket.once('data', () => socket.resetAndDestroy()),
    /^publish-failed .*during the handshake/,
  ],
  [
    'answers in HTTP',
    ({ socket }) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    /^publish-failed .*does not speak rtmp/,
  ],
  [
    'rejects the application',
    {
      connect: (peer, { transaction }) =>
        peer.answer('_error', transaction, status('error', 'NetConnection.Connect.Rejected', 'code=403')),
    },
    /^publish-refused .*the connection is not allowed \(NetConnection.Connect.Rejected\)/,
  ],
  [
    'rejects in words of its own that repeat the key',
    { publish: (peer) => peer.say(status('error', 'X.Y', 'no secretkey?token=hush\u0007 here')) },
    /^publish-refused .*: no \*\*\* +here \(X\.Y\)$/,
  ],
  [
    'knows the stream already',
    { publish: (peer) => peer.say(status('error', 'NetStream.Publish.BadName')) },
    /^publish-refused .*the stream is already being published \(NetStream.Publish.BadName\)/,
  ],
  [
    'refuses the publish as a command',
    { publish: (peer, { transaction }) => peer.answer('_error', transaction, undefined) },
    /^publish-refused .*no reason given/,
  ],
  [
    'hangs up on connect',
    { connect: ({ socket }) => socket.destroy() },
    /^publish-refused .*when asked for the application/,
  ],
  [
    'hangs up on publish',
    { publish: ({ socket }) => socket.end() },
    /^publish-refused .*is the stream key right, and free\?/,
  ],
  [
    'gives no stream number',
    { createStream: (peer, c) => peer.answer('_result', c.transaction, 'x') },
    /^publish-failed .*no stream number/,
  ],
  [
    'talks garbage',
    { connect: ({ socket }) => socket.write(Buffer.alloc(5000, 0xff)) },
    /^publish-failed rtmp failed: /,
  ],
];

for (const [name, script, words] of REFUSALS) {
  test(`a server that ${name} is told in words`, async (t) => {
    const server = await serving(t, script);
    await assert.rejects(opening(t, server.url), says(words));
  });
}

/** Where a server may fall silent, the fact that shows it, and the words for it. */
const SILENCES: ReadonlyArray<
  readonly [string, Script | ((peer: RawPeer) => void), (peer: RawPeer) => unknown, RegExp]
> = [
  [
    'handshake',
    (peer) => peer.socket.resume(),
    (peer) => peer.socket.bytesRead || undefined,
    /8 s during the handshake/,
  ],
  [
    'publish',
    { publish: () => undefined },
    (peer) => names(peer).includes('publish') || undefined,
    /8 s when asked to publish/,
  ],
];

for (const [name, script, reached, words] of SILENCES) {
  test(`a server that never answers the ${name} is given up after eight seconds`, async (t) => {
    const clock = new FakeClock();
    const server = await serving(t, script);
    const failing = assert.rejects(opening(t, server.url, clock), says(words));
    while (!server.peers[0] || reached(server.peers[0]) === undefined) await new Promise(setImmediate);
    await clock.advance(8000);
    await failing;
  });
}

test('an abort while the server hangs ends the opening at once', async (t) => {
  const server = await serving(t, () => undefined);
  const life = new AbortController();
  const failing = openPublisher({ url: server.url, clock: systemClock, log: readableLog().log }, life.signal);
  life.abort();
  await assert.rejects(failing, { kind: 'ended-early' });
});

for (const by of ['close', 'abort'] as const) {
  test(`asks in the order that servers expect and leaves in order on ${by}`, async (t) => {
    const { publication, peer, life } = await published(t);
    publication.send(FRAME);
    if (by === 'abort') life.abort();
    else await publication.close();
    await publication.done;
    assert.deepEqual(names(peer).slice(0, 3), ['connect', 'releaseStream', 'FCPublish']);
    assert.deepEqual(names(peer).slice(3), ['createStream', 'publish', 'FCUnpublish', 'deleteStream']);
    const publish = peer.commands.find(({ name }) => name === 'publish');
    assert.deepEqual([publish?.streamId, publish?.values], [7, [null, 'secretkey?token=hush', 'live']]);
    assert.deepEqual(peer.messages.find(({ type }) => type === TYPE.video)?.body, FRAME.body);
  });
}

test('metadata is set as a data frame', async (t) => {
  const { publication, peer } = await published(t);
  publication.send({ kind: 'script', timestampMs: 0, body: encodeAmf('onMetaData', new Map([['width', 320]])) });
  const script = await peer.hears(({ messages }) => messages.find(({ type }) => type === TYPE.script));
  assert.deepEqual(script.body, encodeAmf('@setDataFrame', 'onMetaData', new Map([['width', 320]])));
});

test('answers pings, acknowledges what it receives and lowers its window on request', async (t) => {
  const { peer } = await published(t, {
    connect: (to, { transaction }) => {
      to.control(TYPE.windowAckSize, 1);
      to.control(TYPE.setPeerBandwidth, 1000);
      to.control(TYPE.setChunkSize, 5);
      to.writer.chunkBytes = 5;
      to.answer('_result', transaction, status('status', 'NetConnection.Connect.Success', 'x'.repeat(3000)));
    },
  });
  peer.send(CHUNK_STREAM.control, { type: TYPE.userControl, body: Buffer.from('000612345678', 'hex') });
  const pong = await peer.hears(({ messages }) => messages.find(({ type }) => type === TYPE.userControl));
  assert.equal(pong.body.toString('hex'), '000712345678');
  const acknowledged = peer.messages
    .filter(({ type }) => type === TYPE.acknowledgement)
    .map(({ body }) => body.readUInt32BE());
  assert.ok(Math.max(...acknowledged) > 3000);
  assert.ok(peer.messages.some(({ type, body }) => type === TYPE.windowAckSize && body.readUInt32BE() === 1000));
});

/** What a server may do to a live publication, and how `done` tells it. */
const ENDS: ReadonlyArray<readonly [string, (peer: RawPeer) => unknown, RegExp]> = [
  ['hangs up', ({ socket }) => socket.end(), /^publish-failed .*server hung up while live/],
  ['resets the connection', ({ socket }) => socket.resetAndDestroy(), /^publish-failed .*while live/],
  [
    'unpublishes',
    (peer) => peer.say(status('status', 'NetStream.Unpublish.Success')),
    /^publish-failed .*the server ended the stream/,
  ],
  [
    'reports an error',
    (peer) => peer.say(status('error', 'NetStream.Publish.Denied')),
    /^publish-refused .*not allowed/,
  ],
  ['talks garbage', ({ socket }) => socket.write(Buffer.alloc(5000, 0xff)), /^publish-failed rtmp failed/],
];

for (const [name, act, words] of ENDS) {
  test(`a server that ${name} ends the publication`, async (t) => {
    const { publication, peer } = await published(t);
    act(peer);
    await assert.rejects(publication.done, says(words));
    publication.send(FRAME);
    await publication.close();
  });
}

test('a server that stops reading is noticed within six seconds', async (t) => {
  const clock = new FakeClock();
  const { publication, peer } = await published(t, {}, clock);
  peer.deaf = true;
  const failing = assert.rejects(
    publication.done,
    says(/^publish-failed the media server stopped reading: nothing got through for \d s$/),
  );
  // More than the kernels of both sides hold for a connection.
  for (let n = 0; n < 400; n++) publication.send(FRAME);
  await stands(() => publication.bufferedBytes);
  assert.ok(publication.bufferedBytes > 0);
  await clock.advance(4000);
  assert.ok(publication.bufferedMs >= 4000);
  await clock.advance(2000);
  await failing;
});

test('a server that used to acknowledge and no longer does is noticed before the buffers are full', async (t) => {
  const clock = new FakeClock();
  const { publication, peer } = await published(t, {}, clock);
  for (let n = 0; n < 3; n++) peer.control(TYPE.acknowledgement, 1000);
  // The pong shows that the acknowledgements before it have been read.
  peer.send(CHUNK_STREAM.control, { type: TYPE.userControl, body: Buffer.from('000600000001', 'hex') });
  await peer.hears(({ messages }) => messages.find(({ type }) => type === TYPE.userControl));
  const failing = assert.rejects(publication.done, says(/stopped reading/));
  for (let n = 0; n < 12; n++) publication.send(FRAME);
  await peer.hears(({ messages }) => messages.filter(({ type }) => type === TYPE.video).length === 12 || undefined);
  await clock.advance(8000);
  await failing;
});

test('a server that never acknowledges is left in peace', async (t) => {
  const clock = new FakeClock();
  const { publication, peer } = await published(t, {}, clock);
  for (let n = 0; n < 12; n++) publication.send(FRAME);
  await peer.hears(({ messages }) => messages.filter(({ type }) => type === TYPE.video).length === 12 || undefined);
  await clock.advance(60_000);
  await publication.close();
  await publication.done;
});

test('a goodbye that does not get through is let go after a second', async (t) => {
  const clock = new FakeClock();
  const { publication, peer } = await published(t, {}, clock);
  peer.deaf = true;
  for (let n = 0; n < 400; n++) publication.send(FRAME);
  const closing = publication.close();
  await clock.advance(1000);
  await closing;
  await publication.done;
});

/** Waits until a number has stopped changing: two looks, many turns of the loop apart, see the same. */
async function stands(read: () => number): Promise<void> {
  for (let before = -1; before !== read(); ) {
    before = read();
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
  }
}
