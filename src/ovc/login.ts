import type { IncomingMessage } from 'node:http';
import { type createConnection, isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { WebSocket } from 'ws';
import { codeOf, connectionFault, connectionWords } from '../runtime/connection-words.ts';
import { GatewayError } from '../runtime/errors.ts';
import type { Secret } from '../runtime/secret.ts';
import { type CertificateTime, connectorInTime } from '../runtime/tls-in-time.ts';

/** Who we are to the OVC, and where it is. */
export interface Login {
  /** ws or wss. */
  readonly url: URL;
  readonly loginCode: string;
  readonly password: Secret;
  readonly hardwareModel: string;
  readonly firmwareModel: string;
  /** PEM text of the authority that signs the OVC's certificate, instead of the system's own list. */
  readonly ca?: string;
  /** By what time its certificate is judged; without it, by the clock of the box. */
  readonly time?: CertificateTime;
}

const HANDSHAKE_MS = 10_000;
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** An OVC that closes so soon, and without a word, does not want us. */
export const VERDICT_MS = 2_000;

/** Close codes that give a reason of the OVC's own (leaving, failing, restarting, busy): no verdict on the login. */
const NOT_ABOUT_US: ReadonlySet<number> = new Set([1001, 1011, 1012, 1013]);

/** HTTP answers to the handshake that mean a wrong login; others are trouble on the way. */
const REFUSING: ReadonlySet<number> = new Set([401, 403]);

/** The address to dial (section 1). It holds the password: never log it. */
export function loginUrl({ url, loginCode, password, hardwareModel, firmwareModel }: Login): URL {
  const dialled = new URL(url);
  if (dialled.pathname === '/') dialled.pathname = '/ovc';
  dialled.hash = '';
  // Not URLSearchParams, which writes a blank as `+`; the contract says percent-encoded.
  const query = Object.entries({
    login_code: loginCode,
    login_passwd: password.reveal(),
    hardware_model: hardwareModel,
    firmware_model: firmwareModel,
  }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  dialled.search = [...(url.search === '' ? [] : [url.search.slice(1)]), ...query].join('&');
  return dialled;
}

/** Begins to dial; the socket tells by its events what comes of it. */
export function dial(login: Login): WebSocket {
  const { time, url } = login;
  const secure = time && !time.clockIsRight && url.protocol === 'wss:' ? wssConnector(time) : undefined;
  return new WebSocket(loginUrl(login), {
    handshakeTimeout: HANDSHAKE_MS,
    maxPayload: MAX_MESSAGE_BYTES,
    // The packets are small, and a deflate context costs more memory than it saves traffic.
    perMessageDeflate: false,
    ...(login.ca !== undefined && { ca: login.ca }),
    ...(secure && { createConnection: secure }),
  });
}

/** Opens the connection below the WebSocket; the login is sent once the certificate is verified. */
function wssConnector(time: CertificateTime): typeof createConnection {
  const connector = connectorInTime(time);
  const connect = (options: ConnectionOptions, opened: Parameters<typeof connector>[1]): void => {
    const { host = '' } = options;
    // Here `path` is that of the address; for a socket it would be a file.
    connector({ ...options, path: undefined, servername: isIP(host) ? '' : host }, opened);
  };
  // ws hands it on to node:http, which takes functions of this form; its types know the older one only.
  return connect as unknown as typeof createConnection;
}

/** The error for a handshake that was answered with anything but a WebSocket. */
export function notOpened({ statusCode = 0 }: IncomingMessage): GatewayError {
  const reason = `HTTP ${statusCode}`;
  return REFUSING.has(statusCode)
    ? loginRefused(reason)
    : new GatewayError('link-lost', 'the OVC did not open the link', { reason, http_status: statusCode });
}

/** The error for a link that was closed by the OVC, or by the network. */
export function closed(code: number, { openMs, heard }: { openMs: number; heard: boolean }): GatewayError {
  return openMs < VERDICT_MS && !heard && !NOT_ABOUT_US.has(code)
    ? loginRefused('it closed the link at once, without a word')
    : new GatewayError('link-lost', 'the OVC closed the link', { close_code: code });
}

/** The error for a socket that failed. */
export function failed(cause: Error): GatewayError {
  const { message } = cause;
  if (codeOf(cause).startsWith('WS_ERR_')) {
    return new GatewayError('protocol-broken', 'the OVC broke the WebSocket protocol', { reason: message });
  }
  // Several addresses tried in vain make an AggregateError without words.
  const reason = connectionFault(cause) || message === '' ? connectionWords(cause) : message;
  return new GatewayError('link-lost', 'no link to the OVC', { reason, cause });
}

function loginRefused(reason: string): GatewayError {
  return new GatewayError('login-refused', 'the OVC refuses this login code and password', { reason });
}
