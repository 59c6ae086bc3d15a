/** What may be wrong with a value that a person has given: the kind is what a page translates, the words are English. */

/** `{what}` is the place for the part that varies: a limit, names, words that are allowed. */
export const FAULT_WORDS = {
  required: 'is required',
  empty: 'must not be empty',
  'control-characters': 'must not hold control characters',
  unquoted: 'must be text: put it in quotes',
  'not-text': 'must be text',
  'not-number': 'must be a number',
  'not-whole': 'must be a whole number',
  'not-switch': 'must be true or false',
  'not-list': 'must be a list',
  'not-keys': 'must be keys with values',
  'not-one-of': 'must be one of {what}',
  'too-small': 'must be at least {what}',
  'too-large': 'must be at most {what}',
  'not-above': 'must be more than {what}',
  'too-few': 'must be a list of at least {what}',
  'too-many': 'must be a list of at most {what}',
  'too-short': 'must have at least {what} characters',
  'unknown-key': 'unknown key: {what}',
  'not-platform-url': 'must be a ws:// or wss:// address',
  'not-rtsp-url': 'must be an rtsp:// address',
  'login-in-url': 'must not hold a login; use username and password beside it',
  'not-host': 'must be a host name or an IP address, without http:// and without a port',
  'not-listen': 'must look like 127.0.0.1:8080',
  'not-release-key': 'must be a public ed25519 key, as npm run release prints it',
  'password-missing': 'is required (or login_password_file)',
  'password-to-listen': 'is required (or password_file) to listen on anything but loopback',
  'login-halved': 'username and password (or password_file) go together',
  'certificate-halved': 'cert_file and key_file go together',
  'host-or-endpoint': 'needs host or endpoint, not both',
  'onvif-or-rtsp': 'needs onvif or rtsp, not both',
  'duplicate-channel': 'channel numbers must differ',
  'no-variable': 'the environment has no {what}',
  'beside-file': 'stands beside {what}; give one of them',
  'no-file': 'there is no such file',
  'file-forbidden': 'the gateway may not read this file',
  'not-file': 'is no file',
  'file-too-large': 'is larger than 4 MB',
  'not-utf8': 'is not text in UTF-8',
  unreadable: 'cannot be read: {what}',
  'in-file-only': 'can only be changed in the file itself',
  'names-environment': 'must not name the environment',
  'password-again': 'has to be given again for another address',
  'no-place': 'leads through {what}, which is a value of its own',
  'port-taken': 'another program has this port',
  'port-forbidden': 'ports below 1024 need a right that this program does not have',
  'no-such-address': 'this box has no such address',
  'no-such-name': 'this name is not known',
  'cannot-listen': 'cannot be opened: {what}',
  'not-possible': 'cannot be applied: {what}',
  'yaml-indent': 'the indentation does not fit, or a bracket is not closed',
  'yaml-tab': 'there is a tab where spaces have to be',
  'yaml-twice': 'this key stands here twice',
  'yaml-missing': 'a character is missing: a quote, a comma, a colon or a space',
  'yaml-colon':
    'a key and its value have to stand on one line, with one colon and a space between; put text with a colon in quotes',
  'yaml-quotes': 'text cannot begin like this: put it in quotes',
  'yaml-escape': 'this backslash means nothing: take single quotes',
  'yaml-surplus': 'something stands here that does not belong here',
  'yaml-alias': 'an alias (*name) leads nowhere; text that begins with * has to be put in quotes',
  'yaml-broken': 'is not written as YAML',
} as const;
export type FaultKind = keyof typeof FAULT_WORDS;
/** The keys of an object are told as plain strings; these are ours. */
export const FAULT_KINDS = Object.keys(FAULT_WORDS) as FaultKind[];

/** One thing that is wrong, and where it stands. */
export interface Fault {
  /** `channels.0.onvif.host`, empty for the file as a whole. */
  readonly path: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly kind: FaultKind;
  /** What stands in the place for it, the same in every language. */
  readonly what?: string | undefined;
  /** In English. */
  readonly message: string;
}

type Place = Partial<Pick<Fault, 'path' | 'line' | 'column'>> & { readonly what?: string | number | undefined };

/** A fault of that kind in its English words. */
export function fault(kind: FaultKind, { what, path = '', ...place }: Place = {}): Fault {
  const words = what === undefined ? undefined : String(what);
  return { path, ...place, kind, what: words, message: FAULT_WORDS[kind].replace('{what}', words ?? '') };
}

/** True for a word that is one of our kinds. */
export const isFaultKind = (word: string): word is FaultKind => Object.hasOwn(FAULT_WORDS, word);
