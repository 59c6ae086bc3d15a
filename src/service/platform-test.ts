import type { PlatformTestAnswer, PlatformTestRequest } from '../admin/api.ts';
import { Refusal } from '../admin/refusal.ts';
import { passwordAgain, samePlatform } from '../config/kept-passwords.ts';
import type { Config } from '../config/schema.ts';
import { tryLogin } from '../ovc/try-login.ts';
import { type Clock, withDeadline } from '../runtime/clock.ts';
import { type ConnectionFault, connectionFault } from '../runtime/connection-words.ts';
import { type ErrorKind, GatewayError } from '../runtime/errors.ts';
import { Secret } from '../runtime/secret.ts';
import { loginOf } from './login.ts';

export interface PlatformTestParts {
  /** The one that is in force. */
  readonly config: Config | undefined;
  readonly version: string;
  readonly clock: Clock;
}

const TEST_MS = 15_000;

/**
 * Logs in at a platform once, as the page asks for; without a password with the one that is in force.
 * @throws Refusal `configuration-refused` when that one was given for another address
 */
export async function testPlatform(
  { url, login_code: loginCode, login_password: given }: PlatformTestRequest,
  { config, version, clock }: PlatformTestParts,
  signal: AbortSignal,
): Promise<PlatformTestAnswer> {
  if (!URL.canParse(url) || !/^wss?:$/.test(new URL(url).protocol)) {
    return { ok: false, kind: 'bad-address', why: 'must be a ws:// or wss:// address' };
  }
  if (given === undefined && config && !samePlatform(config.platform.url, url)) {
    const faults = [passwordAgain()];
    throw new Refusal('configuration-refused', 'the password was given for another address', { faults });
  }
  const password = given === undefined ? config?.platform.login_password : new Secret(given);
  const ca = config && loginOf(config, version).ca;
  const who = { hardwareModel: 'ovd-gateway', firmwareModel: version, ...(ca !== undefined && { ca }) };
  const login = { url: new URL(url), loginCode, password: password ?? new Secret(''), ...who };
  const late = (): Error => new GatewayError('timed-out', 'the platform took too long to answer');
  try {
    await withDeadline({ clock, ms: TEST_MS, signal, late }, (life) => tryLogin(login, { clock, signal: life }));
    return { ok: true };
  } catch (err) {
    if (!(err instanceof GatewayError)) return { ok: false, kind: 'failed', why: 'failed unexpectedly' };
    return { ok: false, kind: whyNot(err), why: err.sentence };
  }
}

type Why = Extract<PlatformTestAnswer, { ok: false }>['kind'];

function whyNot({ kind, cause, fields }: GatewayError): Why {
  const fault = connectionFault(cause);
  if (fault) return BY_FAULT[fault];
  if (fields['http_status'] !== undefined) return 'no-platform';
  return BY_KIND[kind] ?? 'failed';
}

const BY_FAULT: Readonly<Record<ConnectionFault, Why>> = {
  refused: 'unreachable',
  'no-way': 'unreachable',
  lost: 'no-platform',
  'given-up': 'unreachable',
  'unknown-name': 'unknown-name',
  certificate: 'bad-certificate',
  'no-tls': 'no-tls',
};

const BY_KIND: Partial<Record<ErrorKind, Why>> = {
  'login-refused': 'login-refused',
  'protocol-broken': 'no-platform',
  'link-lost': 'unreachable',
  'timed-out': 'unreachable',
};
