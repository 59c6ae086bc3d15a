import { type Document, LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import { type Fault, type FaultKind, fault } from '../runtime/fault.ts';

/** YAML as the configuration reads it. What the library says of a mistake may quote it, and a secret with it: its code is enough. */

const KINDS: ReadonlyMap<string, FaultKind> = new Map([
  ['BAD_INDENT', 'yaml-indent'],
  ['TAB_AS_INDENT', 'yaml-tab'],
  ['DUPLICATE_KEY', 'yaml-twice'],
  ['MISSING_CHAR', 'yaml-missing'],
  ['MULTILINE_IMPLICIT_KEY', 'yaml-colon'],
  ['BLOCK_AS_IMPLICIT_KEY', 'yaml-colon'],
  ['BAD_SCALAR_START', 'yaml-quotes'],
  ['BAD_DQ_ESCAPE', 'yaml-escape'],
  ['BAD_ALIAS', 'yaml-alias'],
  ['UNEXPECTED_TOKEN', 'yaml-surplus'],
  ['MULTIPLE_DOCS', 'yaml-surplus'],
]);

/** A text that is YAML, and the line of each place in it; or the first thing that is wrong, for the rest follows from it. */
export function readYaml(text: string): { readonly document: Document; readonly lines: LineCounter } | Fault {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  return error ? faultOf(error, lines) : { document, lines };
}

function faultOf({ code, pos: [at] }: YAMLParseError, lines: LineCounter): Fault {
  const { line, col: column } = lines.linePos(at);
  return fault(KINDS.get(code) ?? 'yaml-broken', { line, column });
}
