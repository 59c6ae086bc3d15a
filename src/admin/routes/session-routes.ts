import { done, sessionAnswer, sessionRequest, setUpRequest } from '../api.ts';
import { type Call, type Route, route } from '../route.ts';

export const COOKIE = 'ovd_session';
const WEEK_SECONDS = 7 * 86_400;

/** Who is there, signing in and out, and the first configuration. */
export const SESSION_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/session',
    who: 'anyone',
    does: 'Who this visitor is, and what he has to do first',
    answer: sessionAnswer,
    serve: ({ access, visitor, version }) => {
      const { setUp, password } = access.keys;
      return {
        state: setUp ? 'set-up' : visitor.right === 'owner' ? 'signed-in' : 'signed-out',
        version,
        needsCode: setUp && visitor.right === 'none',
        hasPassword: password !== undefined,
      };
    },
  }),
  route({
    method: 'post',
    path: '/api/session',
    who: 'anyone',
    does: 'Signs in with the password, or with the set-up code',
    body: sessionRequest,
    answer: done,
    serve: async (call) => signedIn(await call.access.signIn(call.body, call.address), call),
  }),
  route({
    method: 'delete',
    path: '/api/session',
    who: 'anyone',
    does: 'Signs out',
    answer: done,
    serve: (call) => {
      if (call.cookie !== undefined) call.access.signOut(call.cookie);
      return signedIn('', call, 0);
    },
  }),
  route({
    method: 'post',
    path: '/api/setup',
    who: 'set-up',
    does: 'Writes the first configuration, starts the gateway and signs in',
    body: setUpRequest,
    answer: done,
    serve: async (call) => {
      await call.house.editing.setUp(call.body);
      return signedIn(call.access.welcome(), call);
    },
  }),
];

function signedIn(token: string, { secure }: Pick<Call, 'secure'>, maxAge = WEEK_SECONDS): Response {
  const parts = [`${COOKIE}=${token}`, 'Path=/', 'HttpOnly', 'SameSite=Strict', `Max-Age=${maxAge}`];
  if (secure) parts.push('Secure');
  return Response.json({ ok: true }, { headers: { 'set-cookie': parts.join('; ') } });
}
