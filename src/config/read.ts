import { dirname, resolve } from 'node:path';
import type { Document } from 'yaml';
import { GatewayError } from '../runtime/errors.ts';
import { type Fault, type FaultKind, fault } from '../runtime/fault.ts';
import { fileText, whyUnreadable } from './file-text.ts';
import { faultOf, kindOf } from './issue-fault.ts';
import { type Config, configSchema } from './schema.ts';
import { readYaml } from './yaml-fault.ts';

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
  const yaml = readYaml(text);
  if ('kind' in yaml) return { faults: [yaml] };
  const { document, lines } = yaml;
  const lineOf = (path: readonly PropertyKey[]): number | undefined => {
    for (let length = path.length; length > 0; length--) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      if (isRanged(node)) return lines.linePos(node.range[0]).line;
    }
    return undefined;
  };
  const plain = content(document);
  if ('kind' in plain) return { faults: [plain] };
  const faults: Fault[] = [];
  // A value that could not be filled in is one fault, not two.
  const add = (found: Fault): void => {
    if (!faults.some(({ path }) => path === found.path)) faults.push(found);
  };
  const report: Report = (where, kind, what) => add(fault(kind, { path: where.join('.'), line: lineOf(where), what }));
  const filled = filledIn(plain.value, [], { env, folder: dirname(resolve(source)), report });
  const parsed = configSchema.safeParse(filled, { error: kindOf });
  if (!parsed.success) for (const issue of parsed.error.issues) add(faultOf(issue, lineOf(issue.path)));
  return parsed.success && faults.length === 0 ? { config: parsed.data } : { faults };
}

/** The file's plain values. What the library says of an alias quotes it, and it may be an unquoted password. */
function content(document: Document): { readonly value: unknown } | Fault {
  try {
    return { value: document.toJS() };
  } catch {
    return fault('yaml-alias');
  }
}

type Report = (path: readonly PropertyKey[], kind: FaultKind, what?: string) => void;
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
    if (Object.hasOwn(object, secret)) around.report([...path, key], 'beside-file', secret);
    return [secret, secretFrom(item, [...path, key], around)];
  }
}

function withEnvironment(text: string, path: readonly PropertyKey[], { env, report }: Surroundings): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = env[name];
    if (value === undefined) report(path, 'no-variable', name);
    return value ?? '';
  });
}

function secretFrom(file: string, path: readonly PropertyKey[], { folder, report }: Surroundings): string {
  try {
    return fileText(resolve(folder, file)).replace(/\r?\n$/, '');
  } catch (err) {
    const { kind, what } = whyUnreadable(err);
    report(path, kind, what);
    return 'unreadable';
  }
}

function contents(file: string): string {
  try {
    return fileText(file);
  } catch (err) {
    throw invalid(file, [whyUnreadable(err)]);
  }
}

/** The error that lists all faults, for whoever cannot go on without the file. */
export function invalid(source: string, faults: readonly Fault[]): GatewayError {
  return new GatewayError('config-invalid', 'the configuration is not valid', {
    reason: source,
    faults: sentences(faults),
  });
}

/** Faults as sentences, for a log and a terminal. */
export function sentences(faults: readonly Fault[]): string[] {
  return faults.map(({ path, line, column, message }) => {
    const place = [
      line === undefined ? '' : `line ${line}`,
      column === undefined ? '' : `column ${column}`,
      path,
    ].filter((part) => part !== '');
    return place.length === 0 ? message : `${place.join(', ')}: ${message}`;
  });
}

function isRanged(node: unknown): node is { range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}
