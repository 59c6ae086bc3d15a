import { DISCOVERY_HABITS } from './discovery-habits.ts';
import { EVENT_HABITS } from './event-habits.ts';
import type { ChallengeStyle } from './http-digest.ts';
import type { HttpReply } from './http-server.ts';
import { PTZ_HABITS } from './ptz-habits.ts';
import { escapeXml } from './xml.ts';

/** What real cameras get wrong, each as a switch. The sources are paragraphs of the ONVIF field guide. */

export type AddressKind = 'xaddr' | 'stream' | 'snapshot';

export interface BadHabit {
  /** What the camera does while the switch is on. */
  readonly does: string;
  /** Where it was seen. */
  readonly seen: string;
  /** Bends an address the camera is about to hand out. */
  readonly address?: (url: string, kind: AddressKind) => string;
  /** Bends an HTTP reply that is otherwise finished. */
  readonly reply?: (reply: HttpReply) => HttpReply;
  /** Bends the challenge of an HTTP 401. */
  readonly challenge?: (style: ChallengeStyle) => ChallengeStyle;
}

const HTML = '<!DOCTYPE html><html><head><title>Web</title></head><body><h1>Web</h1></body></html>';
const HUGE_BYTES = 10 * 1024 * 1024;
const LIE_BYTES = 1_000;

/** Rows without a hook are looked up by name where they matter; the search for the name leads there. */
export const BAD_HABITS = {
  'zero-host': { does: 'names the host 0.0.0.0 in every address', seen: '4.3.3', address: onHost('0.0.0.0') },
  'other-nic-host': {
    does: 'names the host of another network card',
    seen: '4.2.2',
    address: onHost('10.254.254.254'),
  },
  'link-local-host': { does: 'names a link-local host', seen: '4.2.2', address: onHost('169.254.10.20') },
  'doubled-port': { does: 'writes ip:port:port', seen: '4.2.2', address: (url) => url.replace(/(:\d+)(?=\/)/, '$1$1') },
  'relative-xaddr': {
    does: 'gives XAddrs as paths',
    seen: '4.2.2',
    address: onXAddr((url) => url.replace(/^\w+:\/\/[^/]+/, '')),
  },
  'empty-xaddr': { does: 'gives empty XAddrs', seen: '4.2.2', address: onXAddr(() => '') },
  'https-xaddr': {
    does: 'says https where only http answers',
    seen: '4.2.2',
    address: onXAddr((url) => url.replace(/^http:/, 'https:')),
  },
  'double-escaped': { does: 'escapes & in addresses twice', seen: '4.3.3, 4.7.5', address: escapeXml },
  'userinfo-in-uri': {
    does: 'puts user info into the stream URI',
    seen: '4.3.3',
    address: (url, kind) => (kind === 'stream' ? url.replace('://', '://admin:from-camera@') : url),
  },

  'no-utc': { does: 'tells its time as LocalDateTime and TZ only', seen: '4.1.1' },
  'refuses-time-zone': { does: 'faults on SetSystemDateAndTime with a TimeZone', seen: '4.6' },
  'reboot-hangs-up': { does: 'reboots after a second without an answer', seen: '4.6' },
  'http-digest': { does: 'ignores WS-Security and asks for HTTP Digest', seen: '4.1.4' },
  'digest-everywhere': { does: 'asks for HTTP Digest before every operation, the time included', seen: '4.7.9' },
  'two-digests': {
    does: 'challenges with MD5 and with SHA-256',
    seen: '4.1.4',
    challenge: (style) => ({ ...style, algorithms: ['MD5', 'SHA-256'] }),
  },
  'sha256-digest': {
    does: 'challenges with SHA-256 only',
    seen: '4.7.9',
    challenge: (style) => ({ ...style, algorithms: ['SHA-256'] }),
  },
  'basic-only': {
    does: 'challenges with Basic only',
    seen: '4.3.4, 4.7.9',
    challenge: (style) => ({ ...style, algorithms: [], basic: true }),
  },
  'lower-case-digest': {
    does: 'writes the scheme as digest',
    seen: '4.1.4',
    challenge: (style) => ({ ...style, scheme: 'digest' }),
  },
  'qop-list': {
    does: 'offers qop="auth, auth-int"',
    seen: '4.1.4',
    challenge: (style) => ({ ...style, qop: 'auth, auth-int' }),
  },

  hangs: { does: 'accepts a request and never answers', seen: '4.4.4', reply: (reply) => ({ ...reply, silent: true }) },
  truncates: {
    does: 'promises more bytes than it sends, then closes',
    seen: '4.2.4',
    reply: (reply) => ({ ...reply, missingBytes: LIE_BYTES }),
  },
  huge: {
    does: 'sends ten megabytes',
    seen: '4.2.4',
    reply: onSoap((reply) => ({ ...reply, body: `${reply.body}${' '.repeat(HUGE_BYTES)}` })),
  },
  'html-with-200': { does: 'answers with a web page', seen: '4.1.6', reply: onSoap(webPage) },
  'empty-400': {
    does: 'answers unsupported calls with an empty HTTP 400',
    seen: '4.7.4',
    reply: (reply) => (reply.unsupported ? { ...reply, status: 400, body: '' } : reply),
  },
  'fault-with-200': {
    does: 'sends faults with HTTP 200',
    seen: '4.1.6',
    reply: onSoap((reply) => ({ ...reply, status: 200 })),
  },
  'undeclared-prefix': {
    does: 'uses a prefix it never declared',
    seen: '4.2.4',
    reply: onBody((body) => body.replace(/<\/\w+:\w+Response>/, '<tad:Vendor>1</tad:Vendor>$&')),
  },
  'bom-and-nul': {
    does: 'starts with a BOM and ends with NUL',
    seen: '4.2.4',
    reply: onBody((body) => `\uFEFF${body}\0\0`),
  },
  'empty-snapshot': {
    does: 'sends an empty picture with 200',
    seen: '4.3.4',
    reply: onPicture((reply) => ({ ...reply, body: '' })),
  },
  'html-snapshot': { does: 'sends a web page for a picture', seen: '4.3.4', reply: onPicture(webPage) },

  'no-media2': { does: 'has Media1 only', seen: '4.3.1' },
  'media2-broken': { does: 'announces Media2, whose GetProfiles dies with HTTP 500 and HTML', seen: '4.7.2' },
  'no-video-encoder': { does: 'lists Media1 profiles without VideoEncoderConfiguration', seen: '4.3.1' },
  'no-video-sources': { does: 'has no video sources', seen: '4.3.2' },
  'two-sources': { does: 'is a recorder: each profile shows a video source of its own', seen: '4.4.8' },
  'no-snapshot-uri': { does: 'knows no GetSnapshotUri', seen: '4.3.4' },

  'rtsp-stalls': { does: 'keeps RTSP sessions open and sends no packet', seen: '4.3' },
  'rtsp-drops': { does: 'cuts each player off as soon as packets flow', seen: '4.3' },
  'rtsp-refuses-login': { does: 'answers 401 on RTSP though SOAP let in', seen: '4.1.5' },
  'rtsp-two-digests': { does: 'challenges with MD5 and with SHA-256 on RTSP', seen: '4.1.4' },
  'rtsp-joins-mid-gop': {
    does: 'makes no key frame at PLAY: a new player joins in the middle of a group of pictures',
    seen: '4.3',
  },
  'slow-key-frames': {
    does: 'sends a key frame every 10 s only; takes effect by a restart of the encoder',
    seen: '4.3',
  },

  ...DISCOVERY_HABITS,
  ...PTZ_HABITS,
  ...EVENT_HABITS,
} as const satisfies Record<string, BadHabit>;

export type BadHabitName = keyof typeof BAD_HABITS;

/** For names from a command line. */
export function isBadHabit(name: string): name is BadHabitName {
  return Object.hasOwn(BAD_HABITS, name);
}

function onHost(host: string): (url: string) => string {
  return (url) => url.replace(/^(\w+:\/\/)[^/:]+/, `$1${host}`);
}

function onXAddr(bend: (url: string) => string): NonNullable<BadHabit['address']> {
  return (url, kind) => (kind === 'xaddr' ? bend(url) : url);
}

function onSoap(bend: (reply: HttpReply) => HttpReply): NonNullable<BadHabit['reply']> {
  return (reply) => (reply.kind === 'soap' ? bend(reply) : reply);
}

function onPicture(bend: (reply: HttpReply) => HttpReply): NonNullable<BadHabit['reply']> {
  return (reply) => (reply.kind === 'picture' && reply.status === 200 ? bend(reply) : reply);
}

function onBody(bend: (body: string) => string): NonNullable<BadHabit['reply']> {
  return onSoap((reply) => ({ ...reply, body: bend(reply.body.toString()) }));
}

function webPage(reply: HttpReply): HttpReply {
  return { ...reply, status: 200, contentType: 'text/html', body: HTML };
}
