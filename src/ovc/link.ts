import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { isKind } from '../runtime/errors.ts';
import { aborted, Scope } from '../runtime/scope.ts';
import type { Login } from './login.ts';
import { Peer, type Service } from './peer.ts';
import { openWire } from './wire.ts';

export interface LinkParts {
  readonly login: Login;
  readonly service: Service;
  readonly accepted: () => void;
  /** Sees every packet, for people who look on. */
  readonly onPacket?: PacketSight | undefined;
  readonly clock: Clock;
  readonly log?: Logger;
}

/** `text` as it is on the wire; it may hold secrets. */
export type PacketSight = (direction: 'from-platform' | 'to-platform', text: string) => void;

const NORMAL_CLOSURE = 1000;
const PROTOCOL_ERROR = 1002;

/**
 * One connection, from dial to close. Once it is open, `talk` has it, until it returns, the connection is lost or
 * the signal aborts. Dialling again is `supervise`'s work.
 * @throws GatewayError `login-refused`, `link-lost`, `timed-out`, `protocol-broken`
 */
export async function runLink(
  { login, service, accepted, onPacket, clock, log }: LinkParts,
  talk: (peer: Peer, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const life = new Scope(signal);
  const lost = (err: unknown): void => life.end(err);
  const dialling = new Scope(life.signal);
  const send = (text: string): void => {
    onPacket?.('to-platform', text);
    wire.send(text);
  };
  const confirm = (arrived: () => void): void => wire.confirm(arrived);
  const peer = new Peer({ send, confirm, service, broken: lost, clock, log });
  const receive = (text: string): void => {
    if (life.signal.aborted) return;
    onPacket?.('from-platform', text);
    peer.receive(text);
  };
  const wire = openWire({ login, clock, opened: () => dialling.end(), accepted, receive, lost });
  void aborted(life.signal).then(() => peer.close());
  let broken = false;
  try {
    await aborted(dialling.signal);
    if (!life.signal.aborted) await talk(peer, life.signal);
    life.signal.throwIfAborted();
  } catch (err) {
    broken = isKind(err, 'protocol-broken');
    if (!signal.aborted) throw err;
  } finally {
    dialling.end();
    life.end();
    await wire.close(broken ? PROTOCOL_ERROR : NORMAL_CLOSURE, broken ? 'protocol broken' : '');
  }
}
