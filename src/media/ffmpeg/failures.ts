import { type ErrorKind, GatewayError } from '../../runtime/errors.ts';
import type { Recipe } from './arguments.ts';

/** What ffmpeg's last words mean. Its exit code says nothing (0 after a timeout, any number on ffmpeg 7), its stderr does. */

interface Failure {
  readonly pattern: RegExp;
  readonly kind: ErrorKind;
  readonly message: string;
  /** What to do otherwise the next time; without it only time can help. */
  readonly remedy?: Partial<Recipe>;
}

/** The first row that fits any of the lines wins: what names the cause stands above what names its consequence. */
const FAILURES: readonly Failure[] = [
  {
    pattern: /\b401 Unauthorized|\b403 Forbidden/,
    kind: 'camera-unauthorized',
    message: 'camera refuses user name or password',
  },
  { pattern: /\b404 Not Found/, kind: 'feed-failed', message: 'camera does not know this stream' },
  { pattern: /\b453\b/, kind: 'feed-failed', message: 'camera serves no more viewers' },
  { pattern: /\b461\b|Nonmatching transport/, kind: 'feed-failed', message: 'camera offers no RTSP over TCP' },
  {
    pattern: /\b5\d\d Server|Server returned 5XX|\b50[0-9] [A-Z]/,
    kind: 'camera-fault',
    message: 'camera answers with an error of its own',
  },
  {
    pattern: /Failed to resolve|Name or service not known/,
    kind: 'camera-unreachable',
    message: 'no address is known for the camera',
  },
  { pattern: /Connection refused/, kind: 'camera-unreachable', message: 'camera refuses the connection' },
  {
    pattern: /No route to host|Network is unreachable|Host is down/,
    kind: 'camera-unreachable',
    message: 'no way to the camera',
  },
  {
    pattern: /Connection timed out|Operation timed out/,
    kind: 'camera-unreachable',
    message: 'camera does not answer',
  },
  {
    pattern: /Packet is missing PTS|first pts (?:value must be set|and dts value must be set)/,
    kind: 'feed-failed',
    message: 'camera sends pictures without a time',
    remedy: { times: 'filled' },
  },
  {
    pattern: /Packets are not in the proper order with respect to DTS/,
    kind: 'feed-failed',
    message: 'camera sends sound late and dated back',
    remedy: { order: 'sorted' },
  },
  {
    pattern: /not compatible with flv|codec not currently supported in container|Tag .* incompatible/,
    kind: 'feed-failed',
    message: 'camera sends another codec than it says',
  },
  {
    pattern: /Too many packets buffered for output stream/,
    kind: 'feed-failed',
    message: 'camera announces audio and sends none',
    remedy: { audio: 'none' },
  },
  {
    pattern: /Could not find codec parameters|dimensions not set|incorrect codec parameters|unspecified size/,
    kind: 'feed-failed',
    message: 'stream does not tell its parameters',
    remedy: { probe: 'full' },
  },
  { pattern: /matches no streams/, kind: 'feed-failed', message: 'stream has no video' },
  {
    pattern: /Unknown encoder|Error initializing output stream|Error while opening encoder/,
    kind: 'feed-failed',
    message: 'encoder could not be opened',
  },
  { pattern: /Connection reset|Broken pipe/, kind: 'camera-unreachable', message: 'camera hung up' },
  { pattern: /Invalid data found/, kind: 'feed-failed', message: 'camera answers with something that is no stream' },
  {
    pattern: /Cannot allocate memory|Resource temporarily unavailable/,
    kind: 'process-failed',
    message: 'box has no memory left for ffmpeg',
  },
];

/** Enough for a person; the whole tail is in the log at level trace. */
const REASON_CHARS = 200;

export interface Verdict {
  readonly err: GatewayError;
  readonly remedy: Partial<Recipe> | undefined;
}

/**
 * Reads the last lines of ffmpeg's stderr. `outcome` is how the process failed, and counts where the lines say nothing;
 * undefined when it ended by itself, which ffmpeg does when the camera ends the stream.
 */
export function verdictOn(lines: readonly string[], outcome: GatewayError | undefined): Verdict {
  for (const { pattern, kind, message, remedy } of FAILURES) {
    const line = lines.find((each) => pattern.test(each));
    if (line !== undefined) return { err: new GatewayError(kind, message, { reason: withoutNoise(line) }), remedy };
  }
  return { err: outcome ?? new GatewayError('feed-failed', 'camera ended the stream'), remedy: undefined };
}

/** ffmpeg's line without the address of its object, and without any URL: the camera's password stands in it. */
function withoutNoise(line: string): string {
  const words = line.replace(/^\[[^\]]*\]\s*/, '').replace(/\b[a-z]+:\/\/\S+/gi, '(address)');
  return words.slice(0, REASON_CHARS).trim();
}
