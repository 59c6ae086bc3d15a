import { XMLParser } from 'fast-xml-parser';
import { GatewayError } from '../runtime/errors.ts';

/** Markup that is safe by construction: only the `xml` template makes it, and that escapes whatever is put in. */
export class Xml {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

type Part = Xml | readonly Xml[] | string | number | undefined;

/** Builds markup. Texts and numbers are escaped for elements and attributes alike; undefined is nothing. */
export function xml(markup: TemplateStringsArray, ...parts: readonly Part[]): Xml {
  return new Xml(markup.map((piece, at) => piece + written(parts[at])).join(''));
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
]);

function written(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Xml) return part.toString();
  if (typeof part === 'object') return part.join('');
  return escaped(String(part));
}

/** XML 1.0 has no way to write most control characters, so they are left out. */
function escaped(text: string): string {
  const legal = [...text].filter((char) => char >= ' ' || '\t\n\r'.includes(char)).join('');
  return legal.replaceAll(/[&<>"']/g, (char) => ENTITIES.get(char) ?? '');
}

/** Prefixes are dropped: cameras use undeclared ones, and local names are enough to tell ONVIF's elements apart. */
const OPTIONS = {
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  // A token "001" and a serial number of twenty digits are not numbers.
  parseTagValue: false,
  parseAttributeValue: false,
  // This is also what turns numeric references (&#x4e2d;) into characters.
  htmlEntities: true,
  trimValues: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: 64,
};

/**
 * The document as plain objects, for the bricks of reply.ts. Lenient: what cameras get wrong is left out, not refused.
 * @throws GatewayError `camera-fault` when nothing can be made of it, or when it brings a DTD along.
 */
export function parseXml(text: string): unknown {
  // SOAP forbids a DTD (SOAP 1.2 §5), and it is the only way to define an entity: no DTD, no entity bomb.
  if (text.includes('<!DOCTYPE')) throw nonsense('a document type definition');
  try {
    return new XMLParser(OPTIONS).parse(text);
  } catch (cause) {
    throw nonsense('broken XML', cause);
  }
}

/** The error for a reply that was received whole and says nothing we understand. */
export function nonsense(reason: string, cause?: unknown): GatewayError {
  return new GatewayError('camera-fault', 'camera sent a reply that makes no sense', { reason, cause });
}
