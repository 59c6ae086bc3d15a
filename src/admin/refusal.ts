import type { ErrorKind as HouseKind } from '../runtime/errors.ts';
import { GatewayError } from '../runtime/errors.ts';
import type { ErrorAnswer, ErrorKind } from './api.ts';

/** What an answer that is no success says, and with which HTTP status. */

const STATUS = {
  'not-found': 404,
  'bad-request': 400,
  'wrong-method': 405,
  'too-large': 413,
  'signed-out': 401,
  'wrong-password': 403,
  'wrong-code': 403,
  'slow-down': 429,
  'cross-site': 403,
  'wrong-host': 421,
  'set-up-first': 409,
  'set-up-over': 409,
  'configuration-refused': 422,
  'configuration-unwritable': 500,
  'nothing-to-undo': 409,
  'no-such-channel': 404,
  'channel-taken': 409,
  'channel-offline': 409,
  unsupported: 409,
  'camera-unreachable': 502,
  'camera-unauthorized': 502,
  'camera-fault': 502,
  'no-picture': 502,
  'timed-out': 504,
  busy: 503,
  failed: 500,
} as const satisfies Record<ErrorKind, number>;

export type RefusalStatus = (typeof STATUS)[ErrorKind];

/** A request that gets no for an answer. */
export class Refusal extends Error {
  readonly kind: ErrorKind;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(kind: ErrorKind, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'Refusal';
    this.kind = kind;
    this.fields = fields;
  }

  get status(): RefusalStatus {
    return STATUS[this.kind];
  }

  get body(): ErrorAnswer {
    return { error: { kind: this.kind, message: this.message, fields: this.fields } };
  }
}

/** The house's failures in the page's words. Whatever is not here is `failed`. */
const WORDS: Partial<Record<HouseKind, ErrorKind>> = {
  'no-such-channel': 'no-such-channel',
  'channel-offline': 'channel-offline',
  'bad-parameter': 'bad-request',
  unsupported: 'unsupported',
  'no-usable-profile': 'unsupported',
  'camera-unreachable': 'camera-unreachable',
  'camera-unauthorized': 'camera-unauthorized',
  'camera-fault': 'camera-fault',
  'other-camera': 'camera-unreachable',
  'not-onvif': 'camera-unreachable',
  'feed-failed': 'no-picture',
  'transcode-refused': 'busy',
  'timed-out': 'timed-out',
};

/** What is told of a failure: never a stack, and nothing of a bug. */
export function refusalOf(err: unknown): Refusal {
  if (err instanceof Refusal) return err;
  if (err instanceof GatewayError) return new Refusal(WORDS[err.kind] ?? 'failed', err.sentence);
  return new Refusal('failed', 'something went wrong inside the gateway; its log says more');
}
