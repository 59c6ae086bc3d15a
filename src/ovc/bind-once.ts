import type { Clock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { runLink } from './link.ts';
import type { Login } from './login.ts';
import { NOBODY } from './try-login.ts';

/**
 * Logs in, asks the OVC to bind this device to an account, and closes the connection again. Resolves with the OVC's
 * answer, whatever it is. Sends no Keepalive, so the platform does not show a device that is not there.
 * @throws GatewayError `refused` with the OVC's words; `login-refused`, `link-lost`, `timed-out`, `protocol-broken`;
 * `ended-early` when the signal aborts before
 */
export async function bindOnce(
  login: Login,
  bindId: string,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<unknown> {
  let answer: { readonly resp: unknown } | undefined;
  await runLink(
    { login, service: NOBODY, accepted: () => undefined, clock },
    async (peer, life) => {
      try {
        answer = { resp: await peer.call('Bind', { bind_id: bindId }) };
      } catch (err) {
        // Why the link was lost says more than that it was.
        life.throwIfAborted();
        throw err;
      }
    },
    signal,
  );
  if (!answer) throw new GatewayError('ended-early', 'the visit was cut short');
  return answer.resp;
}
