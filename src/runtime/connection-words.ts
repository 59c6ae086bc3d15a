/** What a failed connection is in a person's words, by the system's or TLS's code. */
const FAULTS = [
  ['ECONNREFUSED', 'refused', 'connection refused'],
  ['EHOSTUNREACH', 'no-way', 'no route'],
  ['ENETUNREACH', 'no-way', 'no route'],
  ['EHOSTDOWN', 'no-way', 'no route'],
  ['ETIMEDOUT', 'no-way', 'no answer'],
  ['ECONNRESET', 'lost', 'connection lost'],
  ['EPIPE', 'lost', 'connection lost'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'lost', 'connection lost'],
  ['ENOTFOUND', 'unknown-name', 'name not found'],
  ['EAI_AGAIN', 'unknown-name', 'name not found'],
  ['ABORT_ERR', 'given-up', 'given up'],
  ['CERT_HAS_EXPIRED', 'certificate', 'certificate has expired'],
  ['CERT_NOT_YET_VALID', 'certificate', 'certificate is not valid yet; is the clock right?'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate', 'certificate is not trusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate', 'certificate is not trusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate', 'certificate is not trusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate', 'certificate is not trusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate', 'certificate is for another host'],
  ['EPROTO', 'no-tls', 'server does not speak TLS'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'no-tls', 'server does not speak TLS'],
] as const;

/** What is wrong with a connection, for whoever gives advice. */
export type ConnectionFault = (typeof FAULTS)[number][1];

const BY_CODE: ReadonlyMap<string, (typeof FAULTS)[number]> = new Map(FAULTS.map((row) => [row[0], row]));

/** Words for why a connection failed; its code where there are none, which says no more than is public. */
export function connectionWords(cause: unknown): string {
  const code = codeOf(cause);
  return BY_CODE.get(code)?.[2] ?? `connection failed ${code}`.trim();
}

/** Undefined for a failure of another kind. */
export function connectionFault(cause: unknown): ConnectionFault | undefined {
  return BY_CODE.get(codeOf(cause))?.[1];
}

/** The system's code of a failure, such as ECONNRESET; empty where it has none. */
export function codeOf(err: unknown): string {
  return err instanceof Error && 'code' in err && typeof err.code === 'string' ? err.code : '';
}
