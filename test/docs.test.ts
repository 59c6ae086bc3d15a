import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { keyTables } from '../config/key-tables.ts';
import { configSchema, jsonSchema } from '../src/config/schema.ts';
import { type HandlerParts, handlersFor } from '../src/ovc/handlers.ts';

/** Documents, examples and code say the same. */

const ROOT = join(import.meta.dirname, '..');
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const README = text('README.md');
const EXAMPLE = 'config/gateway.example.yaml';

/** What stands between a heading and the next one of its rank. */
function section(heading: string): string {
  const body = README.split(/^## /m).find((part) => part.startsWith(heading));
  assert.ok(body, `README has no section ${heading}`);
  return body;
}

/** The first cell of each row of the tables in a text, without the head. */
function firstCells(body: string): string[] {
  return [...body.matchAll(/^\| (`.*?) \|/gm)].map(([, cell = '']) => cell);
}

/** All that stands in backquotes. */
function quoted(body: string): string[] {
  return [...body.matchAll(/`([^`]+)`/g)].map(([, words = '']) => words);
}

function markdownFiles(): string[] {
  const inFolder = (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name));
  return ['README.md', 'README.zh-CN.md', ...inFolder('config'), ...inFolder('src'), ...inFolder('test')];
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

/** Every key that the schema knows, with the keys above it; a list adds none. */
function keys({ properties = {}, items }: SchemaNode, above = ''): string[] {
  const here = Object.entries(properties).flatMap(([name, below]) => [
    above + name,
    ...keys(below, `${above}${name}.`),
  ]);
  return items ? [...here, ...keys(items, above)] : here;
}

/** The same of a value. */
function paths(value: unknown, above = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => paths(each, above));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, below]) => [above + name, ...paths(below, `${above}${name}.`)]);
}

test('the example configuration is valid', () => {
  const read = configSchema.safeParse(parse(text(EXAMPLE)));
  assert.ok(read.success, read.error?.message);
});

test('every key of the configuration stands in the example, if only in a remark', () => {
  const shown = new Set(paths(parse(text(EXAMPLE))));
  const remarks = [...text(EXAMPLE).matchAll(/#(.*)$/gm)].map(([, remark]) => remark).join('\n');
  const schema = jsonSchema() as SchemaNode; // zod calls it an object; these two fields are JSON schema's own.
  for (const key of keys(schema)) {
    const isThere = shown.has(key) || new RegExp(`\\b${key.split('.').at(-1)}\\b`).test(remarks);
    assert.ok(isThere, `${EXAMPLE} does not show ${key}`);
  }
});

test('the schema for editors is what the code would write; npm run schema writes it', () => {
  assert.equal(text('config/gateway.schema.json'), `${JSON.stringify(jsonSchema(), null, 2)}\n`);
});

test('config/README.md says of every key what the schema says; npm run schema writes it', () => {
  const schema = jsonSchema() as SchemaNode; // As above.
  const reference = text('config/README.md');
  assert.equal(reference, keyTables(schema));
  for (const line of reference.match(/^\| `.*$/gm) ?? []) assert.doesNotMatch(line, /\| \|$/, `nothing said: ${line}`);
});

test('every link in a document leads to a file', () => {
  for (const file of markdownFiles()) {
    const body = text(file).replaceAll(/^```[\s\S]*?^```/gm, '');
    for (const [, target = ''] of body.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const path = relative(ROOT, join(ROOT, dirname(file), target));
      assert.ok(existsSync(join(ROOT, path)), `${file} links to ${target}`);
    }
  }
});

test('the commands of the help and of the README are the same', () => {
  const help = execFileSync(process.execPath, ['--import', 'tsx', join(ROOT, 'src/main.ts'), 'help'], {
    encoding: 'utf8',
    cwd: ROOT,
  });
  const helped = [...help.matchAll(/^ {2}ovd-gateway ([\w-]+)/gm)].map(([, word = '']) => word);
  const told = firstCells(section('Run it'))
    .flatMap(quoted)
    .map((usage) => usage.split(' ')[0] ?? '');
  assert.deepEqual([...new Set(told)].sort(), [...new Set(helped)].sort());
});

const CODE = /\.(ts|tsx|mjs|mts)$/;

/** Code and folders of a folder, as a README names them. */
function entries(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || CODE.test(entry.name))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
}

for (const readme of markdownFiles().filter((file) => /^src\/.*README\.md$/.test(file))) {
  test(`${readme} names every file and folder beside it, and none that is not there`, () => {
    const folder = dirname(readme);
    const body = text(readme);
    const named = new Set(quoted(body));
    for (const entry of entries(folder)) assert.ok(named.has(entry), `${readme} does not name ${entry}`);
    // What stands below a heading that is a folder's name is about that folder.
    for (const part of body.split(/^## /m)) {
      const [, below = ''] = /^([\w-]+\/)\n/.exec(part) ?? [];
      const names = firstCells(part).flatMap(quoted);
      for (const name of names.filter((each) => /^[\w./-]+(\/|\.ts|\.tsx|\.mjs)$/.test(each))) {
        assert.ok(existsSync(join(ROOT, folder, below, name)), `${readme} names ${name}, and there is none`);
      }
    }
  });
}

test('every log line that the README explains is one', () => {
  const code = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('simulator'))
    .map((name) => text(join('src', name)))
    .join('\n');
  const lines = firstCells(section('When it does not work')).flatMap(quoted);
  assert.ok(lines.length > 3);
  for (const line of lines) assert.ok(code.includes(`'${line}'`), `nothing in src/ says: ${line}`);
});

/** Beside them in the same calls, and no failures. */
const GOOD_NEWS = new Set(['a need is met again', 'the time of this box can be trusted']);

test('every warning and every error that somebody may find in the log is explained', () => {
  const told = new Set(firstCells(section('When it does not work')).flatMap(quoted));
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !/^(simulator|pages|commands\/(?!run))/.test(name),
  );
  for (const name of files) {
    const calls = text(join('src', name)).matchAll(/\blog(?:\.(?:warn|error|fatal)|\[[^\]]+\])\(([\s\S]*?)\);\n/g);
    for (const [, body = ''] of calls) {
      // The message is the last of what the call is given, and may be one of two.
      const message = /(?:'([^']+)' : )?'([^']+)',?\s*$/.exec(body) ?? [];
      for (const words of message.slice(1)) {
        if (words === undefined || GOOD_NEWS.has(words)) continue;
        assert.ok(told.has(words), `${name} says "${words}", and README does not explain it`);
      }
    }
  }
});

/** What two languages share: ranks of headings, commands without their remarks, tables, links. */
function skeleton(file: string): object {
  const body = text(file);
  const blocks = [...body.matchAll(/^```[\s\S]*?^```/gm)].map(([block]) => block.replaceAll(/ +#.*$/gm, ''));
  const prose = body.replaceAll(/^```[\s\S]*?^```/gm, '');
  const tables = prose.split(/\n(?!\|)/).filter((part) => part.startsWith('|') || part.includes('\n|'));
  return {
    headings: [...prose.matchAll(/^(#+) /gm)].map(([, rank]) => rank),
    blocks,
    tables: tables.map((table) => (table.match(/^\|/gm) ?? []).length),
    rows: [...prose.matchAll(/^\| (`.*?) \|/gm)].map(([, cell = '']) => quoted(cell)),
    links: [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target).filter((to) => !/^README/.test(to)),
    pictures: [...prose.matchAll(/src="([^"]+)"/g)].map(([, source]) => source),
  };
}

test('both languages of the README say as much', () => {
  assert.deepEqual(skeleton('README.zh-CN.md'), skeleton('README.md'));
});

test('the orders that the README calls served are served, and no others', () => {
  // The handlers are looked at and never called.
  const handlers = handlersFor({ orders: {}, box: {} } as unknown as HandlerParts);
  const methods = Object.entries(handlers);
  const named = (part: string): string[] => quoted(new RegExp(`${part}([^.]*)\\.`).exec(README)?.[1] ?? '').sort();
  const names = (served: boolean): string[] =>
    methods.flatMap(([name, handler]) => ((handler !== undefined) === served ? [name] : [])).sort();
  assert.deepEqual(named('Orders served: '), names(true));
  assert.deepEqual(names(false), [], 'a method is answered 101, and the README does not say so');
});
