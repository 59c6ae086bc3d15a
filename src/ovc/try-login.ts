import type { Clock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { aborted, Scope } from '../runtime/scope.ts';
import { runLink } from './link.ts';
import type { Login } from './login.ts';
import type { Service } from './peer.ts';
import { INTERNAL_ERROR } from './protocol.ts';

/** Nothing is done for an OVC that takes the visit for the real one. */
export const NOBODY: Service = {
  request: async () => ({ err: { code: INTERNAL_ERROR, msg: 'only on a visit' } }),
  event: () => undefined,
};

/**
 * Logs in once, for a check: resolves when the OVC has accepted us, after having closed the connection again.
 * Sends no Keepalive, so the platform does not show a device that is not there.
 * @throws GatewayError `login-refused`, `link-lost`, `protocol-broken`; `ended-early` when the signal aborts before
 */
export async function tryLogin(login: Login, { clock, signal }: { clock: Clock; signal: AbortSignal }): Promise<void> {
  const verdict = new Scope(signal);
  let welcome = false;
  const accepted = (): void => {
    welcome = true;
    verdict.end();
  };
  try {
    await runLink(
      { login, service: NOBODY, accepted, clock },
      async (peer, life) => {
        // Makes an OVC say something, which is quicker than to wait whether it closes.
        peer.call('GetServerInfo').catch(() => undefined);
        await Promise.race([aborted(verdict.signal), aborted(life)]);
      },
      signal,
    );
  } finally {
    verdict.end();
  }
  if (!welcome) throw new GatewayError('ended-early', 'the login check was cut short');
}
