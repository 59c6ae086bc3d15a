/** What went wrong, in words the whole house shares. The edge that answers the OVC turns a kind into a number. */
export type ErrorKind =
  | 'config-invalid'
  | 'protocol-broken'
  | 'link-lost'
  | 'login-refused'
  | 'timed-out'
  | 'refused'
  | 'unknown-method'
  | 'bad-parameter'
  | 'no-such-channel'
  | 'channel-offline'
  | 'bitrate-too-high'
  | 'camera-unreachable'
  | 'camera-unauthorized'
  | 'camera-fault'
  | 'other-camera'
  | 'unsupported'
  | 'not-onvif'
  | 'no-usable-profile'
  | 'feed-failed'
  | 'transcode-refused'
  | 'publish-refused'
  | 'publish-failed'
  | 'upload-failed'
  | 'state-unwritable'
  | 'state-unreadable'
  | 'state-unreadable'
  | 'state-in-use'
  | 'process-failed'
  | 'ended-early'
  | 'upgrade-refused'
  | 'upgrade-failed';

/**
 * Every error we throw on purpose. The message is a constant sentence; what varies stands in `fields`, which go into
 * the log beside it. The field `reason` is special: a few words from outside that a person should see too.
 */
export class GatewayError extends Error {
  readonly kind: ErrorKind;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    kind: ErrorKind,
    message: string,
    { cause, ...fields }: { cause?: unknown } & Record<string, unknown> = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GatewayError';
    this.kind = kind;
    this.fields = fields;
  }

  /** The message and, where there is one, the reason: a sentence for a person or for the OVC. */
  get sentence(): string {
    const { reason } = this.fields;
    return typeof reason === 'string' && reason !== '' ? `${this.message}: ${reason}` : this.message;
  }
}

/** True when `err` was thrown on purpose and is of one of the `kinds`. */
export function isKind(err: unknown, ...kinds: readonly ErrorKind[]): err is GatewayError {
  return err instanceof GatewayError && kinds.includes(err.kind);
}
