import { done, platformTestAnswer, platformTestRequest, settingsAnswer, settingsChange } from '../api.ts';
import { type Route, route } from '../route.ts';

/** The configuration and the process. */
export const SYSTEM_ROUTES: readonly Route[] = [
  route({
    method: 'post',
    path: '/api/platform/test',
    who: 'set-up-or-owner',
    does: 'Logs in at a platform once, and tells what it says',
    body: platformTestRequest,
    answer: platformTestAnswer,
    serve: ({ house, body, signal }) => house.editing.testPlatform(body, signal),
  }),
  route({
    method: 'get',
    path: '/api/settings',
    who: 'owner',
    does: 'The configuration without its secrets, and its schema',
    answer: settingsAnswer,
    serve: ({ house }) => house.editing.settings(),
  }),
  route({
    method: 'patch',
    path: '/api/settings',
    who: 'owner',
    does: 'Changes values in the file, all or none; comments stay',
    body: settingsChange,
    answer: done,
    serve: async ({ house, body }) => {
      await house.editing.change(body);
      return { ok: true };
    },
  }),
  route({
    method: 'post',
    path: '/api/settings/undo',
    who: 'owner',
    does: 'Goes back to the file as it was before the last change',
    answer: done,
    serve: async ({ house }) => {
      await house.editing.undo();
      return { ok: true };
    },
  }),
  route({
    method: 'get',
    path: '/api/support-bundle',
    who: 'owner',
    does: 'What a supporter needs to know, without secrets',
    answer: 'application/gzip',
    serve: async ({ house, signal }) => {
      const { name, content } = await house.box.supportBundle(signal);
      return new Response(new Uint8Array(content), {
        headers: {
          'content-type': 'application/gzip',
          'content-disposition': `attachment; filename="${name}"`,
          'cache-control': 'no-store',
        },
      });
    },
  }),
  route({
    method: 'post',
    path: '/api/restart',
    who: 'owner',
    does: 'Restarts the gateway',
    answer: done,
    serve: ({ house }) => {
      house.box.restart();
      return { ok: true };
    },
  }),
];
