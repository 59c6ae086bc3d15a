/** What a failed connection is in a person's words, by the system's or TLS's code. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['EHOSTUNREACH', 'no route'],
  ['ENETUNREACH', 'no route'],
  ['EHOSTDOWN', 'no route'],
  ['ETIMEDOUT', 'no answer'],
  ['ECONNRESET', 'connection lost'],
  ['EPIPE', 'connection lost'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'connection lost'],
  ['ENOTFOUND', 'name not found'],
  ['EAI_AGAIN', 'name not found'],
  ['ABORT_ERR', 'given up'],
  ['CERT_HAS_EXPIRED', 'certificate has expired'],
  ['CERT_NOT_YET_VALID', 'certificate is not valid yet; is the clock right?'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate is not trusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate is not trusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate is not trusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate is not trusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate is for another host'],
  ['EPROTO', 'server does not speak TLS'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'server does not speak TLS'],
]);

/** Words for why a connection failed; its code where there are none, which says no more than is public. */
export function connectionWords(cause: unknown): string {
  const code = codeOf(cause);
  return WORDS.get(code) ?? `connection failed ${code}`.trim();
}

/** The system's code of a failure, such as ECONNRESET; empty where it has none. */
export function codeOf(err: unknown): string {
  return err instanceof Error && 'code' in err && typeof err.code === 'string' ? err.code : '';
}
