import { z } from 'zod';
import { alarmEntry, eventsQuery, history, logLine, logQuery, packet, siteStatus } from '../api.ts';
import { eventStream } from '../event-stream.ts';
import { Refusal } from '../refusal.ts';
import { pageOf, type Route, route } from '../route.ts';

/** How things are, and what happens. */
export const WATCHING_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/healthz',
    who: 'anyone',
    does: 'Whether the process is alive: it answers',
    answer: 'text/plain',
    serve: () => plain('alive\n', 200),
  }),
  route({
    method: 'get',
    path: '/readyz',
    who: 'anyone',
    does: 'Whether the gateway does its work: logged in, or its next try is due. 503 where it is not',
    answer: 'text/plain',
    serve: ({ house }) => {
      const { ready, why } = house.site.readiness();
      return plain(`${why}\n`, ready ? 200 : 503);
    },
  }),
  route({
    method: 'get',
    path: '/metrics',
    who: 'monitor',
    does: 'Figures for Prometheus',
    answer: 'text/plain',
    serve: ({ house }) =>
      new Response(house.site.metrics(), { headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' } }),
  }),
  route({
    method: 'get',
    path: '/api/status',
    who: 'owner',
    does: 'How the site is',
    answer: siteStatus,
    serve: ({ house }) => house.site.status(),
  }),
  route({
    method: 'get',
    path: '/api/events',
    who: 'owner',
    does: 'Server-sent events: status (on change, at most one a second), log, packet, alarm',
    answer: 'text/event-stream',
    query: eventsQuery,
    serve: ({ house, visitor, query, signal }) => eventStream(house, pageOf(visitor, query.page), signal),
  }),
  route({
    method: 'get',
    path: '/api/history',
    who: 'owner',
    does: 'Load, memory, backlog and bit rates over the last hours',
    answer: history,
    serve: ({ house }) => house.site.history(),
  }),
  route({
    method: 'get',
    path: '/api/log',
    who: 'owner',
    does: 'The last lines of the log, the newest last',
    query: logQuery,
    answer: z.array(logLine),
    serve: ({ house, query }) => house.site.log(query),
  }),
  route({
    method: 'get',
    path: '/api/packets',
    who: 'owner',
    does: 'The last packets to and from the platform, the newest last',
    answer: z.array(packet),
    serve: ({ house }) => house.site.packets(),
  }),
  route({
    method: 'get',
    path: '/api/alarms',
    who: 'owner',
    does: 'The last alarms, the newest first',
    query: z.object({ channel: z.coerce.number().int().min(0).optional() }),
    answer: z.array(alarmEntry),
    serve: ({ house, query }) => house.site.alarms(query.channel),
  }),
  route({
    method: 'get',
    path: '/api/alarms/{id}/picture',
    who: 'owner',
    does: 'The picture of an alarm',
    answer: 'image/jpeg',
    serve: ({ house, text }) => {
      const jpeg = house.site.alarmPicture(text('id'));
      if (!jpeg) throw new Refusal('not-found', 'there is no such picture');
      return picture(jpeg, 'private, max-age=3600, immutable');
    },
  }),
];

/** A JPEG as an answer. */
export function picture(jpeg: Buffer, cache: string): Response {
  return new Response(new Uint8Array(jpeg), { headers: { 'content-type': 'image/jpeg', 'cache-control': cache } });
}

function plain(text: string, status: number): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
