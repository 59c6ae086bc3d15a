import { once } from 'node:events';
import https, { type AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import {
  type ConnectionOptions,
  connect,
  type DetailedPeerCertificate,
  rootCertificates,
  type TLSSocket,
} from 'node:tls';
import { certificateHolds } from './certificate-check.ts';

/**
 * TLS on a box whose clock may be wrong. Node judges certificates by the clock of the box and by nothing else, so one
 * that shows a time before the certificate's would fail for ever. Here the dates are judged by the best knowledge of the
 * time instead; everything else is verified as ever. Without doubt about the clock nothing differs from `tls.connect`.
 */

/** By what time certificates are to be judged. */
export interface CertificateTime {
  /** The clock of the box is right, as far as anybody knows. */
  readonly clockIsRight: boolean;
  /** The moment for a certificate that begins then; it is never earlier than what is known to have been. */
  momentFor(notBefore: Date): Date;
  /** Hears that a certificate was taken which the clock of the box speaks against. */
  taken(host: string, moment: Date): void;
}

/** Where nobody has reason to doubt the clock. */
export const CLOCK_OF_THE_BOX: CertificateTime = {
  clockIsRight: true,
  momentFor: () => new Date(),
  taken: () => undefined,
};

/** What OpenSSL says of dates; of any other fault it stays with the refusal. */
const ABOUT_DATES: ReadonlySet<string> = new Set(['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED']);
const LONGEST_CHAIN = 10;

/**
 * Opens a connection and resolves when it is verified; nothing has been sent by then.
 * @throws Error with OpenSSL's code as `code`, and what the network says
 */
export async function connectInTime(
  options: ConnectionOptions,
  time: CertificateTime,
  signal: AbortSignal,
): Promise<TLSSocket> {
  if (time.clockIsRight) return opened(connect(options), signal);
  // A session that is taken up again brings no chain to judge.
  const socket = await opened(connect({ ...options, session: undefined, rejectUnauthorized: false }), signal);
  try {
    await judge(socket, options, time, signal);
    return socket;
  } catch (err) {
    socket.on('error', () => undefined).destroy();
    throw err;
  }
}

async function opened(socket: TLSSocket, signal: AbortSignal): Promise<TLSSocket> {
  try {
    await once(socket, 'secureConnect', { signal });
    return socket;
  } catch (err) {
    // Destroyed at once, it may still have an error to tell, which nobody listens for any more.
    socket.on('error', () => undefined).destroy();
    throw err;
  }
}

async function judge(
  socket: TLSSocket,
  { servername, host, ca }: ConnectionOptions,
  time: CertificateTime,
  signal: AbortSignal,
): Promise<void> {
  const chain = chainOf(socket.getPeerCertificate(true));
  const moment = time.momentFor(new Date(Math.max(...chain.map(({ valid_from }) => Date.parse(valid_from)))));
  const code = socket.authorized ? '' : codeOf(socket.authorizationError);
  if (chain.length === 0 || (code !== '' && !ABOUT_DATES.has(code))) throw refused(code || 'ERR_TLS_NO_CERTIFICATE');
  if (chain.some(({ valid_to }) => Date.parse(valid_to) < moment.getTime())) throw refused('CERT_HAS_EXPIRED');
  if (code === '') return;
  // The code of the dates may stand in front of a worse one, so all is verified again, as of that moment.
  const name = servername || host || '';
  const certificates = chain.map(({ raw }) => raw);
  if (!(await certificateHolds({ certificates, name, moment, roots: ca ?? rootCertificates }, signal)))
    throw refused(code);
  time.taken(name, moment);
}

function chainOf(leaf: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  for (let next: DetailedPeerCertificate | undefined = leaf; next?.raw && chain.length < LONGEST_CHAIN; ) {
    chain.push(next);
    // A root names itself.
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
  }
  return chain;
}

/** Node types it as an Error, and gives the code as text. */
const codeOf = (fault: unknown): string =>
  fault instanceof Error && 'code' in fault ? String(fault.code) : String(fault);

const refused = (code: string): Error => Object.assign(new Error(`certificate refused: ${code}`), { code });

/** An agent for https that opens its connections so. */
export class AgentInTime extends https.Agent {
  readonly #time: CertificateTime;

  constructor(options: AgentOptions, time: CertificateTime) {
    super(options);
    this.#time = time;
  }

  override createConnection(options: ConnectionOptions, opened: Opened): Duplex | undefined {
    if (this.#time.clockIsRight) return super.createConnection(options, opened) ?? undefined;
    connectorInTime(this.#time)(options, opened);
    return undefined;
  }
}

type Opened = (err: Error | null, socket: Duplex) => void;
/** A dial of TLS that hangs takes no longer. */
const DIAL_MS = 10_000;

/** The same for clients that take a function which opens connections; they get the socket once it is verified. */
export function connectorInTime(time: CertificateTime): (options: ConnectionOptions, opened: Opened) => void {
  return (options, opened) => {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), DIAL_MS);
    connectInTime(options, time, patience.signal)
      .finally(() => clearTimeout(timer))
      .then(
        (socket) => opened(null, socket),
        // Node's types want a socket with the error; there is none, and nobody looks at it.
        (err: Error) => (opened as (err: Error) => void)(err),
      );
  };
}
