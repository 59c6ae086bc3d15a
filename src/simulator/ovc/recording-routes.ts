import { readFile } from 'node:fs/promises';
import type { Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';
import { type Faults, storageFaults } from './faults.ts';
import { jsonBody } from './json-body.ts';
import type { Recordings } from './recordings.ts';
import { wireObject } from './wire.ts';

/** The recordings over HTTP: reports, gate and faults for tests and people, lists and segments for players. */

export interface RecordingRoutesParts {
  readonly recordings: Recordings;
  readonly faults: Faults;
}

const GATE = z.strictObject({ open: z.boolean() });
const PLAYLIST = /^(.+)\.m3u8$/;

export function recordingRoutes(app: Hono, { recordings, faults }: RecordingRoutesParts): void {
  const report = (c: Context) => recordings.get(session(c));
  app.get('/api/recordings', (c) => c.json(recordings.all.map(wireObject)));
  // Before the routes with a session: no session is called `faults` there.
  app.get('/api/recordings/faults', (c) => c.json(wireObject(faults.storage())));
  app.put('/api/recordings/faults', async (c) => {
    faults.setStorage(await jsonBody(c, storageFaults));
    return c.json(wireObject(faults.storage()));
  });
  app.get('/api/recordings/:session', (c) => c.json(wireObject(found(report(c)))));
  app.get('/api/recordings/:session/address', (c) => {
    const name = session(c);
    return c.json({ cbk_url: recordings.callbackUrl(name), playlist_url: recordings.playlistUrl(name) });
  });
  app.put('/api/recordings/:session/gate', async (c) => {
    recordings.gate(session(c), (await jsonBody(c, GATE)).open);
    return c.json(wireObject(found(report(c))));
  });
  app.get('/api/recordings/:session/faults', (c) => c.json(wireObject(faults.storage(session(c)))));
  app.put('/api/recordings/:session/faults', async (c) => {
    const patch = await jsonBody(c, storageFaults);
    found(recordings.ledger(session(c)));
    faults.setStorage(patch, session(c));
    return c.json(wireObject(faults.storage(session(c))));
  });
  app.get('/recordings/:list', (c) => {
    const [, name = ''] = PLAYLIST.exec(c.req.param('list')) ?? [];
    const headers = { 'Content-Type': 'application/vnd.apple.mpegurl', 'Cache-Control': 'no-store' };
    return c.body(found(recordings.playlist(name)), 200, headers);
  });
  app.get('/recordings/:session/:name', async (c) => {
    const path = found(await recordings.folder.path(c.req.param('name')));
    return c.body(new Uint8Array(await readFile(path)), 200, { 'Content-Type': 'video/mp2t' });
  });
}

function session(c: Context): string {
  return c.req.param('session') ?? '';
}

function found<T>(what: T | undefined): T {
  if (what === undefined) throw new HTTPException(404, { message: 'no such recording' });
  return what;
}
