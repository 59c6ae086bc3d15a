/** The reference of all keys, as Markdown, out of the schema for editors. */

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
}

const INTRODUCTION = `# Every key of the configuration

Written from the schema by \`npm run schema\`; a test holds it to that. One file, YAML (JSON is YAML), looked for as
\`gateway.yaml\` and \`/etc/ovd-gateway/gateway.yaml\` where \`-c\` names none. [\`gateway.example.yaml\`](gateway.example.yaml)
shows all of it in place; [\`gateway.schema.json\`](gateway.schema.json) is for editors.

- An unknown key is a fault. All faults are told at once, each with its line.
- \`\${NAME}\` in a text is replaced from the environment. Texts that look like numbers need quotes: \`"0001"\`.
- A key that ends in \`_file\` names a file that holds the secret (relative to the configuration), for systemd credentials
  and Docker secrets; its last line end does not count.
- The running gateway follows changes of the file: only what changed begins anew, and a file with faults changes nothing.
- Durations are seconds.
`;

/** Larger than any limit that is meant; it is what the generator writes for "whole number". */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

export function keyTables(schema: object): string {
  // The generator's own output; these fields are JSON schema's.
  const { properties = {} } = schema as Node;
  const single = Object.entries(properties).filter(([, node]) => !isSection(node));
  const sections = Object.entries(properties).filter(([, node]) => isSection(node));
  const parts = sections.map(([name, node]) => {
    const rows = keysOf(node.items ?? node, '');
    return `## \`${name}\`${node.items ? ', a list' : ''}\n\n${[HEAD, ...rows].join('\n')}\n`;
  });
  const top = single.map(([name, node]) => row(name, node, false));
  return [INTRODUCTION, `## At the top\n\n${[HEAD, ...top].join('\n')}\n`, ...parts].join('\n');
}

const HEAD = '| key | value | default | meaning |\n|---|---|---|---|';
const isSection = (node: Node): boolean => node.properties !== undefined || node.items?.properties !== undefined;

function keysOf({ properties = {}, required = [] }: Node, above: string): string[] {
  return Object.entries(properties).flatMap(([name, node]) => {
    const key = `${above}${name}`;
    const below = node.items?.properties ? keysOf(node.items, `${key}[].`) : keysOf(node, `${key}.`);
    return below.length > 0 ? below : [row(key, node, required.includes(name) && node.default === undefined)];
  });
}

function row(key: string, node: Node, isRequired: boolean): string {
  const preset =
    node.default === undefined ? (isRequired ? '**required**' : '-') : `\`${JSON.stringify(node.default)}\``;
  return `| \`${key}\` | ${kind(node)} | ${preset} | ${(node.description ?? '').replaceAll('|', '\\|')} |`;
}

function kind(node: Node): string {
  if (node.enum) return node.enum.map((word) => `\`${word}\``).join(', ');
  if (node.type === 'array') return `list of ${node.items ? kind(node.items) : 'values'}`;
  if (node.type === 'boolean') return '`true`, `false`';
  if (node.type !== 'number' && node.type !== 'integer') return 'text';
  const { minimum, exclusiveMinimum, maximum } = node;
  const least =
    minimum !== undefined ? ` from ${minimum}` : exclusiveMinimum !== undefined ? ` above ${exclusiveMinimum}` : '';
  const most = maximum !== undefined && maximum < NO_LIMIT ? ` to ${maximum}` : '';
  return `${node.type === 'integer' ? 'whole number' : 'number'}${least}${most}`;
}
