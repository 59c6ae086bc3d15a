import { type Document, isMap, isSeq } from 'yaml';
import { type Fault, fault } from '../runtime/fault.ts';
import { readYaml } from './yaml-fault.ts';

/** Changes in the text of the configuration file. All that is not changed stays as it was written, comments too. */

export type Path = ReadonlyArray<string | number>;

export interface Change {
  readonly path: Path;
  /** Undefined takes the key out. */
  readonly value: unknown;
}

/** The text, or what is to become of it, has a fault. */
export class FaultyText extends Error {
  readonly fault: Fault;

  constructor(found: Fault) {
    super(found.message);
    this.name = 'FaultyText';
    this.fault = found;
  }
}

/** What only the file's owner may set: with it, whoever has the page's password could run programs or read files. */
const PROTECTED = [/^upgrade(\.|$)/, /^device\.reboot_command(\.|$)/, /^ffmpeg\.path$/, /^state_dir$/, /_file$/];

/** Why changes may not come from the page, each with its path; none when they may. */
export function refused(changes: readonly Change[]): Fault[] {
  return changes.flatMap(({ path, value }) => leavesOf(path, value).flatMap(({ place, leaf }) => judged(place, leaf)));
}

function judged(path: string, leaf: unknown): Fault[] {
  if (PROTECTED.some((pattern) => pattern.test(path))) return [fault('in-file-only', { path })];
  // What is sent to a platform or a camera must not be able to carry the environment out.
  if (typeof leaf === 'string' && /\$\{\w+\}/.test(leaf)) return [fault('names-environment', { path })];
  return [];
}

/** Every value below a path, with its own. */
export function leavesOf(path: Path, value: unknown): Array<{ readonly place: string; readonly leaf: unknown }> {
  if (typeof value !== 'object' || value === null) return [{ place: path.join('.'), leaf: value }];
  const below = Object.entries(value).flatMap(([key, item]) => leavesOf([...path, key], item));
  return below.length > 0 ? below : [{ place: path.join('.'), leaf: undefined }];
}

/**
 * The channel numbers that a text has, in its order; undefined for a channel that says none.
 * @throws FaultyText when the text is no YAML
 */
export function channelNumbers(text: string): Array<number | undefined> {
  const channels: unknown = parsed(text).get('channels');
  if (!isSeq(channels)) return [];
  return channels.items.map((item) => {
    const number: unknown = isMap(item) ? item.get('channel') : undefined;
    return typeof number === 'number' ? number : undefined;
  });
}

/**
 * The text with the changes in it.
 * @throws FaultyText when the text is no YAML, or a path leads through what is no place
 */
export function edited(text: string, changes: readonly Change[]): string {
  const document = parsed(text);
  for (const { path, value } of changes) change(document, path, value);
  return document.toString({ lineWidth: 0 });
}

function parsed(text: string): Document {
  const yaml = readYaml(text);
  if ('kind' in yaml) throw new FaultyText(yaml);
  return yaml.document;
}

function change(document: Document, path: Path, value: unknown): void {
  if (value === undefined) {
    if (document.hasIn(path)) document.deleteIn(path);
    return;
  }
  makeWay(document, path);
  document.setIn(path, value);
  // A secret stands in one place only.
  const key = path.at(-1);
  const inFile = [...path.slice(0, -1), `${key}_file`];
  if (typeof key === 'string' && document.hasIn(inFile)) document.deleteIn(inFile);
}

/** What leads to the place is made where it is missing, or empty. */
function makeWay(document: Document, path: Path): void {
  const { contents } = document;
  let inBraces = isMap(contents) && contents.flow === true;
  for (let length = 1; length < path.length; length++) {
    const place = path.slice(0, length);
    const node: unknown = document.getIn(place, true);
    if (isMap(node) || isSeq(node)) {
      // What was written `[]` would become one long line; inside `{}`, as in JSON, it has to.
      if (node.items.length === 0 && !inBraces) node.flow = false;
      inBraces ||= node.flow === true;
      continue;
    }
    if (node !== undefined && !isEmpty(node))
      throw new FaultyText(fault('no-place', { path: path.join('.'), what: place.join('.') }));
    document.setIn(place, document.createNode(typeof path[length] === 'number' ? [] : {}));
  }
}

function isEmpty(node: unknown): boolean {
  return node === null || (typeof node === 'object' && 'value' in node && node.value === null);
}

/** A path as people write it, such as `channels.0.onvif.host`. */
export function pathOf(words: string): Path {
  return words.split('.').map((word) => (/^\d+$/.test(word) ? Number(word) : word));
}
