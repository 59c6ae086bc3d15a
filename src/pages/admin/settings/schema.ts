/** The settings as the file's JSON schema tells them: every key that holds a value, with what may stand there. */

/** The part of JSON schema that the configuration uses. */
export interface SchemaNode {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode | false;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
}

export type LeafKind = 'switch' | 'choice' | 'number' | 'secret' | 'lines' | 'json' | 'text';

export interface Leaf {
  /** In the file: `channels.0.ptz.invert_x`. */
  readonly path: string;
  /** By which it has its words: `channels.ptz.invert_x`. */
  readonly key: string;
  readonly kind: LeafKind;
  readonly node: SchemaNode;
}

const SECRET = /(^|_)password$/;
const KINDS: ReadonlyMap<string, LeafKind> = new Map([
  ['boolean', 'switch'],
  ['number', 'number'],
  ['integer', 'number'],
]);

function kindOf(name: string, node: SchemaNode): LeafKind {
  if (SECRET.test(name)) return 'secret';
  if (node.enum) return 'choice';
  if (node.type === 'array') return node.items && node.items.type === 'string' ? 'lines' : 'json';
  return KINDS.get(node.type ?? '') ?? 'text';
}

/** Lists of objects, which have editors of their own. */
const isList = (node: SchemaNode): boolean =>
  node.type === 'array' && !!node.items && node.items.properties !== undefined;

/** What a stolen page password must not be enough for: these are changed in the file alone. */
const IN_FILE_ONLY = [/^upgrade(\.|$)/, /^device\.reboot_command(\.|$)/, /^ffmpeg\.path$/, /^state_dir$/, /_file$/];

export const isInFileOnly = ({ path }: Leaf): boolean => IN_FILE_ONLY.some((pattern) => pattern.test(path));

/** The keys below a node, in the schema's order. */
export function leavesOf(node: SchemaNode, at: { path: string; key: string }): Leaf[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]): Leaf[] => {
    const below = { path: joined(at.path, name), key: joined(at.key, name) };
    if (child.properties) return leavesOf(child, below);
    return isList(child) ? [] : [{ ...below, kind: kindOf(name, child), node: child }];
  });
}

const joined = (first: string, second: string): string => (first === '' ? second : `${first}.${second}`);

/** True for a path itself, and for what stands in its list. */
export const isBelow = (path: string, above: string): boolean => path === above || path.startsWith(`${above}.`);

/** What stands at a path; undefined where nothing does. */
export function valueAt(values: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    // What has an own key of this name has a value there.
    return (value as Readonly<Record<string, unknown>>)[name];
  }, values);
}

/** A secret is told as whether there is one. */
export const isSet = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'set' in value && value.set === true;

/** The value as it stands in its field. */
export function asText({ kind }: Leaf, value: unknown): string {
  if (value === undefined || value === null || kind === 'secret') return '';
  if (kind === 'lines' && Array.isArray(value)) return value.join('\n');
  return kind === 'json' ? JSON.stringify(value) : String(value);
}

export type Reading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: 'not-a-number' | 'too-small' | 'too-large' | 'wrong-form' | 'not-json' };

/** What was typed, as a value for the file; nothing typed takes the key out, so that the default holds. */
export function read({ kind, node }: Leaf, typed: string): Reading {
  const text = typed.trim();
  if (text === '') return { ok: true, value: undefined };
  if (kind === 'number') return readNumber(node, text);
  if (kind === 'lines') return { ok: true, value: text.split(/\s*\n\s*/) };
  if (kind === 'json') return readJson(text);
  if (node.pattern && !new RegExp(node.pattern).test(text)) return { ok: false, fault: 'wrong-form' };
  return { ok: true, value: kind === 'secret' ? typed : text };
}

function readNumber(node: SchemaNode, text: string): Reading {
  const value = Number(text);
  if (!Number.isFinite(value) || (node.type === 'integer' && !Number.isInteger(value))) {
    return { ok: false, fault: 'not-a-number' };
  }
  const { minimum = Number.NEGATIVE_INFINITY, exclusiveMinimum = Number.NEGATIVE_INFINITY, maximum } = node;
  if (value < minimum || value <= exclusiveMinimum) return { ok: false, fault: 'too-small' };
  return maximum !== undefined && value > maximum ? { ok: false, fault: 'too-large' } : { ok: true, value };
}

function readJson(text: string): Reading {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, fault: 'not-json' };
  }
}
