import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { GatewayError } from './errors.ts';
import type { Secret } from './secret.ts';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * What may carry a secret inside a longer text, whoever wrote it (ffmpeg prints whole URLs on its stderr): user info
 * in a URL, secrets in a query, and the stream key at the end of an RTMP URL.
 */
const LEAKS: ReadonlyArray<readonly [RegExp, string]> = [
  [/\/\/[^/\s"'@]+@/g, '//***@'],
  // Names that end so, as in `X-Amz-Signature`, `txSecret` and `auth_key`; XMEye cameras have them in the path.
  [/([?&/;_][\w-]{0,40}(?:passwd|password|pwd|sign|signature|token|secret|key|auth)=)[^&\s"'\\]+/gi, '$1***'],
  [/(rtmps?:\/\/[^/\s"']+\/[^/\s"']+\/)[^\s"'\\]+/gi, '$1***'],
];

/** Makes a function that takes secrets out of any text: those we know by value, and those that have a known shape. */
export function scrubber(secrets: readonly Secret[]): (text: string) => string {
  const values = secrets.map((secret) => secret.reveal()).filter((value) => value.length >= 4);
  const forms = new Set(values.flatMap((v) => [v, encodeURIComponent(v), JSON.stringify(v).slice(1, -1)]));
  return (text) => {
    let clean = text;
    for (const form of forms) clean = clean.replaceAll(form, '***');
    for (const [leak, mask] of LEAKS) clean = clean.replace(leak, mask);
    return clean;
  };
}

/** Errors of ours show their kind and fields and no stack; anything else is a bug and shows all it has. */
function errorForLog(err: unknown): unknown {
  if (!(err instanceof GatewayError)) return err instanceof Error ? stdSerializers.err(err) : err;
  const { kind, message, fields, cause } = err;
  return { kind, message, ...fields, ...(cause === undefined ? {} : { cause: causeForLog(cause) }) };
}

function causeForLog(cause: unknown): unknown {
  return cause instanceof GatewayError ? errorForLog(cause) : String(cause);
}

/** JSON lines to `destination`. Secrets are taken out at the sink, on the finished line, so no caller can forget it. */
export function createLog(settings: LogSettings, destination?: DestinationStream): Logger {
  return adjustableLog(settings, destination).log;
}

export interface LogSettings {
  readonly level: LogLevel;
  readonly scrub: (text: string) => string;
}

/** The same, with a level that may change later, for all children too. */
export function adjustableLog(
  { level, scrub }: LogSettings,
  destination: DestinationStream = process.stdout,
): { readonly log: Logger; readonly setLevel: (level: LogLevel) => void } {
  const sink: DestinationStream = { write: (line) => destination.write(scrub(line)) };
  const family = new Family();
  const onChild = (child: Logger): void => family.add(child);
  const log = pino({ level, base: null, serializers: { err: errorForLog }, onChild }, sink);
  const setLevel = (wanted: LogLevel): void => {
    log.level = wanted;
    family.setLevel(wanted);
  };
  return { log, setLevel };
}

/** All children of a log that somebody still has; each has a level of its own. */
class Family {
  #members: Array<WeakRef<Logger>> = [];
  #roomFor = 64;

  add(child: Logger): void {
    this.#members.push(new WeakRef(child));
    if (this.#members.length < this.#roomFor) return;
    this.#members = this.#members.filter((member) => member.deref());
    this.#roomFor = Math.max(64, this.#members.length * 2);
  }

  setLevel(level: LogLevel): void {
    for (const member of this.#members) {
      const log = member.deref();
      if (log) log.level = level;
    }
  }
}
