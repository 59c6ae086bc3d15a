import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import type { Secret } from '../../runtime/secret.ts';
import type { Answers } from './answers.ts';
import type { Accounts } from './login.ts';
import type { BookLimits } from './packet-book.ts';

/** What a simulated platform is told when it opens. */
export interface OvcOptions {
  /** Default 127.0.0.1. Any other address needs a `token`. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  readonly accounts: Accounts;
  readonly token?: Secret;
  /** Rows that replace those of a platform that accepts everything and offers nothing. */
  readonly answers?: Partial<Answers>;
  /** The RTMP listener on the same host; `false` for none. Default: any free port, without TLS. */
  readonly rtmp?: { readonly port?: number; readonly tls?: { readonly key: string; readonly cert: string } } | false;
  /** `storeBytes` bounds the recordings, whose oldest segments go first. */
  readonly limits?: Partial<BookLimits> & { readonly devices?: number; readonly storeBytes?: number };
  readonly log: Logger;
  readonly clock?: Clock;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;
const LIMITS = { packets: 2000, bytes: 4 * 1024 * 1024, devices: 100, storeBytes: 4 * 1024 * 1024 * 1024 };

/** The address to listen on. @throws GatewayError `config-invalid` for one open to others, without a token */
export function hostOf({ host = '127.0.0.1', token }: OvcOptions): string {
  if (LOOPBACK.test(host) || token !== undefined) return host;
  throw new GatewayError('config-invalid', 'the simulator needs a token on any address but loopback', { host });
}

/** The bounds, those that were not given included. */
export function limitsOf({ limits }: OvcOptions): typeof LIMITS {
  return { ...LIMITS, ...limits };
}
