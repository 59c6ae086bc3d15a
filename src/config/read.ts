import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { GatewayError } from '../runtime/errors.ts';
import { type Config, configSchema } from './schema.ts';

/** One thing that is wrong with the file: where it stands and why. */
export interface Fault {
  /** `channels.0.onvif.host`, empty for the file as a whole. */
  readonly path: string;
  readonly line: number | undefined;
  readonly message: string;
}

/**
 * Reads the configuration file (YAML, of which JSON is a part): fills in `${ENV_NAME}`, reads the `…_file` secrets
 * (relative to the file), checks all of it against the schema.
 * @throws GatewayError `config-invalid`, whose field `faults` lists every fault at once.
 */
export function readConfig(file: string, env: NodeJS.ProcessEnv): Config {
  return parseConfig(contents(file), { source: file, env });
}

/** Where a text comes from: `source` names it in errors and is where relative `…_file` paths start. */
export interface Origin {
  readonly source: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The same from a text. */
export function parseConfig(text: string, origin: Origin): Config {
  const verdict = judgeConfig(text, origin);
  if ('config' in verdict) return verdict.config;
  throw invalid(origin.source, verdict.faults);
}

/** The configuration that a text makes, or all that is wrong with it. */
export type Verdict = { readonly config: Config } | { readonly faults: readonly Fault[] };

export function judgeConfig(text: string, { source, env }: Origin): Verdict {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineOf = (path: readonly PropertyKey[]): number | undefined => {
    for (let length = path.length; length > 0; length--) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      if (isRanged(node)) return lines.linePos(node.range[0]).line;
    }
    return undefined;
  };
  if (document.errors.length > 0) {
    const faults = document.errors.map((err) => ({ path: '', line: err.linePos?.[0].line, message: firstLine(err) }));
    return { faults };
  }
  const plain = content(document);
  if ('fault' in plain) return { faults: [{ path: '', line: undefined, message: plain.fault }] };
  const faults: Fault[] = [];
  // A value that could not be filled in is one fault, not two.
  const report: Report = (where, message) => {
    const path = where.join('.');
    if (!faults.some((fault) => fault.path === path)) faults.push({ path, line: lineOf(where), message });
  };
  const filled = filledIn(plain.value, [], { env, folder: dirname(resolve(source)), report });
  const parsed = configSchema.safeParse(filled, { error: wording });
  if (!parsed.success) for (const issue of parsed.error.issues) report(issue.path, issue.message);
  return parsed.success && faults.length === 0 ? { config: parsed.data } : { faults };
}

/** The file's plain values. What the library says of an alias quotes it, and it may be an unquoted password. */
function content(document: Document): { readonly value: unknown } | { readonly fault: string } {
  try {
    return { value: document.toJS() };
  } catch {
    return { fault: 'an alias (*name) leads nowhere; text that begins with * has to be put in quotes' };
  }
}

type Report = (path: readonly PropertyKey[], message: string) => void;
interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly report: Report;
}

/** Secrets that may stand in a file of their own: systemd credentials, Docker secrets. */
const SECRET_FILE = /^((?:login_)?password|token)_file$/;

function filledIn(value: unknown, path: readonly PropertyKey[], around: Surroundings): unknown {
  if (typeof value === 'string') return withEnvironment(value, path, around);
  if (Array.isArray(value)) return value.map((item, index) => filledIn(item, [...path, index], around));
  if (typeof value !== 'object' || value === null) return value;
  const object: object = value;
  const entries = Object.entries(object).map(([key, item]) => entry(key, filledIn(item, [...path, key], around)));
  return Object.fromEntries(entries);

  function entry(key: string, item: unknown): readonly [string, unknown] {
    const secret = SECRET_FILE.exec(key)?.[1];
    if (secret === undefined || typeof item !== 'string') return [key, item];
    if (Object.hasOwn(object, secret)) around.report([...path, key], `stands beside ${secret}; give one of them`);
    return [secret, secretFrom(item, [...path, key], around)];
  }
}

function withEnvironment(text: string, path: readonly PropertyKey[], { env, report }: Surroundings): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = env[name];
    if (value === undefined) report(path, `the environment has no ${name}`);
    return value ?? '';
  });
}

function secretFrom(file: string, path: readonly PropertyKey[], { folder, report }: Surroundings): string {
  try {
    return readFileSync(resolve(folder, file), 'utf8').replace(/\r?\n$/, '');
  } catch (err) {
    report(path, `cannot be read: ${firstLine(err)}`);
    return 'unreadable';
  }
}

/** Words for an installer where the library's are for a programmer. */
function wording(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'unrecognized_keys') return `unknown key: ${issue.keys.join(', ')}`;
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.input === undefined) return 'is required';
  if (issue.expected === 'object') return 'must be keys with values';
  if (issue.expected === 'string' && typeof issue.input === 'number') return 'must be text: put it in quotes';
  return undefined;
}

function contents(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (err) {
    const missing = err instanceof Error && 'code' in err && err.code === 'ENOENT';
    const cure = missing ? '; `run` without a file serves a page that makes one' : '';
    throw invalid(file, [{ path: '', line: undefined, message: `cannot be read: ${firstLine(err)}${cure}` }]);
  }
}

/** The error that lists all faults, for whoever cannot go on without the file. */
export function invalid(source: string, faults: readonly Fault[]): GatewayError {
  return new GatewayError('config-invalid', 'the configuration is not valid', { source, faults: sentences(faults) });
}

/** Faults as sentences, for a log and a terminal. */
export function sentences(faults: readonly Fault[]): string[] {
  return faults.map(({ path, line, message }) => {
    const place = [line === undefined ? '' : `line ${line}`, path].filter((part) => part !== '').join(', ');
    return place === '' ? message : `${place}: ${message}`;
  });
}

function isRanged(node: unknown): node is { range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

function firstLine(err: unknown): string {
  return (err instanceof Error ? err.message : String(err)).split('\n')[0] ?? '';
}
