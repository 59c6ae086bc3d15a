import { Xml } from '../xml.ts';

/** A reply that names its subscription further in than this is none that we could use. */
const LONGEST_REPLY = 65_536;
const LONGEST_PARAMETERS = 8192;
/** No `<` inside a tag, so that each look ends at the next tag and the whole text is walked once. */
const TAG = /<(\/?)((?:[\w.-]+:)?[\w.-]+)([^<>]*?)(\/?)>/g;
const DECLARATION = /\sxmlns(?::([\w.-]+))?\s*=\s*("[^"]*"|'[^']*')/g;
const PREFIX = /[<\s/]([\w.-]+):[\w.-]+/g;

type Declarations = ReadonlyMap<string, string>;
interface Open {
  readonly name: string;
  readonly scope: Declarations;
  readonly from: number;
}

/**
 * The children of SubscriptionReference/ReferenceParameters in a reply, verbatim, ready to stand in a header: with the
 * namespaces they need, wherever in the reply those were declared, and marked as WS-Addressing wants it (ONVIF field
 * guide 4.4). The camera gets back what it sent and nobody else sees it, so it is not escaped.
 */
export function referenceParameters(reply: string): Xml[] {
  const text = reply.slice(0, LONGEST_REPLY);
  const found: Xml[] = [];
  const open: Open[] = [];
  for (const match of text.matchAll(TAG)) {
    const [whole, closing = '', name = '', attributes = '', empty = ''] = match;
    if (closing === '') {
      const scope = new Map([...(open.at(-1)?.scope ?? []), ...declarations(attributes)]);
      open.push({ name: local(name), scope, from: match.index });
    }
    if (closing === '' && empty === '') continue;
    const parents = open.slice(-3, -1).map((each) => each.name);
    const ended = open.pop();
    if (!ended || parents.join('/') !== 'SubscriptionReference/ReferenceParameters') continue;
    const markup = text.slice(ended.from, match.index + whole.length);
    if (markup.length <= LONGEST_PARAMETERS) found.push(marked(markup, ended.scope));
  }
  return found;
}

const WSA = 'http://www.w3.org/2005/08/addressing';

function marked(markup: string, scope: Declarations): Xml {
  const start = /^<[^\s/>]+/.exec(markup)?.[0] ?? '';
  const head = /^<[^<>]*>/.exec(markup)?.[0] ?? '';
  const own = declarations(head);
  const used = new Set(Array.from(markup.matchAll(PREFIX), ([, prefix = '']) => prefix));
  if (!start.includes(':')) used.add('');
  const needed = [...scope].filter(([prefix]) => prefix !== 'wsa' && used.has(prefix) && !own.has(prefix));
  const added = needed.map(([prefix, uri]) => ` xmlns${prefix === '' ? '' : `:${prefix}`}=${uri}`).join('');
  const mark = /\sIsReferenceParameter=|:IsReferenceParameter=/.test(head)
    ? ` xmlns:wsa="${WSA}"`
    : ` xmlns:wsa="${WSA}" wsa:IsReferenceParameter="true"`;
  return new Xml(
    `${start}${added}${own.has('wsa') ? mark.replace(/ xmlns:wsa="[^"]*"/, '') : mark}${markup.slice(start.length)}`,
  );
}

function declarations(attributes: string): Map<string, string> {
  return new Map(Array.from(attributes.matchAll(DECLARATION), ([, prefix = '', uri = '']) => [prefix, uri]));
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
