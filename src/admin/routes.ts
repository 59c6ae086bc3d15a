import { z } from 'zod';
import { openApi } from './openapi.ts';
import { type Route, route } from './route.ts';
import { CHANNEL_ROUTES } from './routes/channel-routes.ts';
import { SESSION_ROUTES } from './routes/session-routes.ts';
import { SYSTEM_ROUTES } from './routes/system-routes.ts';
import { WATCHING_ROUTES } from './routes/watching-routes.ts';

/** The whole API. To serve one more thing is to write its row. */
export const ROUTES: readonly Route[] = [
  ...SESSION_ROUTES,
  ...WATCHING_ROUTES,
  ...CHANNEL_ROUTES,
  ...SYSTEM_ROUTES,
  route({
    method: 'get',
    path: '/api/openapi.json',
    who: 'set-up-or-owner',
    does: 'This document',
    answer: z.unknown(),
    serve: ({ version }) => openApi(ROUTES, version),
  }),
];
