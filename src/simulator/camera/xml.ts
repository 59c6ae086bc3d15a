import { XMLParser } from 'fast-xml-parser';

/** XML in and out: templates that escape what is put into them, and a lenient, typed look into what came. */

/** Finished XML. Only the `xml` template makes it, so text cannot get in unescaped. */
export class Xml {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | boolean | Xml | readonly Xml[] | undefined;

/** A template whose strings are escaped, whose XML parts go in as they are, and whose undefined parts are left out. */
export function xml(strings: TemplateStringsArray, ...parts: readonly Part[]): Xml {
  return new Xml(String.raw({ raw: strings }, ...parts.map(written)));
}

function written(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Xml) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  return escapeXml(String(part));
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
]);

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ESCAPES.get(sign) ?? sign);
}

/** One element as parsed: children by local name, attributes by `@name`, its text under `#text`. */
export type XmlTree = Readonly<Record<string, unknown>>;

/** Undefined for what is no XML. Values stay strings: tokens such as `000` must not become numbers. */
export function parseXml(text: string): XmlTree | undefined {
  const parser = new XMLParser({
    removeNSPrefix: true,
    parseTagValue: false,
    parseAttributeValue: false,
    ignoreAttributes: false,
    attributeNamePrefix: '@',
  });
  try {
    return treeOf(parser.parse(text));
  } catch {
    // Whatever the parser dislikes, the answer to the client is the same.
    return undefined;
  }
}

/** The element at the end of the path, the first where there are several; undefined where the path ends early. */
export function childOf(tree: XmlTree | undefined, ...path: readonly string[]): XmlTree | undefined {
  return path.reduce<XmlTree | undefined>((node, name) => treeOf(firstOf(own(node, name))), tree);
}

/** The text of the child elements of that name; empty when there is none. */
export function textsOf(tree: XmlTree | undefined, name: string): string[] {
  const found = own(tree, name);
  if (found === undefined) return [];
  return (Array.isArray(found) ? found : [found]).map(textOf);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  const inner = own(treeOf(value), '#text');
  return typeof inner === 'string' ? inner.trim() : '';
}

function own(tree: XmlTree | undefined, name: string): unknown {
  return tree && Object.hasOwn(tree, name) ? tree[name] : undefined;
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

function treeOf(value: unknown): XmlTree | undefined {
  // An element without attributes and children is an empty string to the parser, and an element nevertheless.
  if (value === '') return {};
  // A plain object is indexable by any string; what is found there is unknown until looked at.
  return typeof value === 'object' && value !== null ? (value as XmlTree) : undefined;
}
