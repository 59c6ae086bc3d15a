import { GatewayError } from '../../runtime/errors.ts';
import { type AmfValue, decodeAmf, encodeAmf } from './amf0.ts';

/** What a server says about a stream or a connection, by `onStatus` or by refusing a command. */
export interface Status {
  readonly level: string;
  readonly code: string;
  readonly description: string;
}

type Answered = (values: readonly AmfValue[]) => void;

/**
 * The commands of one connection: numbers them, pairs answers with them, reads statuses. Knows command bodies, not
 * chunks or sockets.
 */
export class Commands {
  readonly #send: (streamId: number, body: Buffer) => void;
  readonly #waiting = new Map<number, Answered>();
  #transaction = 0;

  constructor(send: (streamId: number, body: Buffer) => void) {
    this.#send = send;
  }

  /**
   * Sends a command and resolves with the values of its answer. A refusal comes out of `hear` instead, and so does the
   * end of the connection, so whoever waits races the two.
   */
  call(streamId: number, name: string, ...values: readonly AmfValue[]): Promise<readonly AmfValue[]> {
    return new Promise((resolve) => {
      this.#waiting.set(this.#transaction + 1, resolve);
      this.tell(streamId, name, ...values);
    });
  }

  /** Sends a command whose answer, if one comes, means nothing to us. */
  tell(streamId: number, name: string, ...values: readonly AmfValue[]): void {
    this.#send(streamId, encodeAmf(name, ++this.#transaction, ...values));
  }

  /**
   * Takes a command from the server. Returns the status it holds: from `onStatus`, or the refusal of a `call`.
   * @throws GatewayError `protocol-broken`
   */
  hear(body: Buffer): Status | undefined {
    const [name, transaction, ...values] = decodeAmf(body);
    if (typeof name !== 'string') throw new GatewayError('protocol-broken', 'rtmp command has no name');
    if (name === 'onStatus') return statusIn(values);
    const waiting = typeof transaction === 'number' ? this.#waiting.get(transaction) : undefined;
    // Answers to what was only told are let go: servers refuse releaseStream and FCPublish and mean nothing by it.
    if (!waiting || (name !== '_result' && name !== '_error')) return undefined;
    if (name === '_error') return { ...statusIn(values), level: 'error' };
    this.#waiting.delete(Number(transaction));
    waiting(values);
    return undefined;
  }
}

/** The status object among the values; what it leaves out is empty text. */
function statusIn(values: readonly AmfValue[]): Status {
  const fields = values.findLast((value): value is ReadonlyMap<string, AmfValue> => value instanceof Map);
  const text = (name: string): string => {
    const value = fields?.get(name);
    return typeof value === 'string' ? value : '';
  };
  return { level: text('level'), code: text('code'), description: text('description') };
}
