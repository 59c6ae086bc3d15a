import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

/** Who may import whom. A room may always import itself; what is not written here is forbidden. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  runtime: [],
  release: ['runtime'],
  config: ['runtime'],
  channel: ['runtime'],
  ovc: ['runtime', 'channel'],
  onvif: ['runtime', 'channel'],
  media: ['runtime', 'channel'],
  recording: ['runtime', 'channel'],
  alarms: ['runtime', 'channel'],
  store: ['runtime', 'channel'],
  device: ['runtime', 'channel', 'release'],
  admin: ['runtime', 'channel'],
  simulator: ['runtime', 'ovc/protocol.ts'],
  gateway: ['runtime', 'config', 'channel', 'ovc', 'onvif', 'media', 'recording', 'alarms', 'store', 'device'],
  service: [
    'support',
    'runtime',
    'config',
    'channel',
    'ovc',
    'onvif',
    'media',
    'recording',
    'alarms',
    'store',
    'device',
    'admin',
    'gateway',
  ],
  support: [
    'runtime',
    'release',
    'config',
    'channel',
    'ovc',
    'onvif',
    'media',
    'store',
    'device',
    'gateway/cameras.ts',
    'gateway/belonging.ts',
    'gateway/discovery.ts',
  ],
  commands: [
    'support',
    'runtime',
    'config',
    'channel',
    'ovc',
    'onvif',
    'media',
    'device',
    'simulator',
    'store',
    'gateway',
    'service',
  ],
  'main.ts': ['runtime', 'commands'],
  'pages/kit': [],
  'pages/admin': ['pages/kit'],
  'pages/simulator': ['pages/kit'],
};
/** Of which rooms the pages know the types, so that both ends of a route agree; no line of theirs gets into a browser. */
const MAY_IMPORT_TYPES: Readonly<Record<string, readonly string[]>> = {
  'pages/admin': ['admin/api.ts'],
  'pages/simulator': ['simulator'],
};
const LONGEST_LINES = 300;
/** Leaks on Node 20, see src/runtime/scope.ts. */
const FORBIDDEN = [/AbortSignal\.any\(/, /\bas any\b/, /: any\b/, /@ts-ignore/, /@ts-expect-error/];
const BANNED_NAME = /manager|helper|util|common|misc/i;

const SRC = join(import.meta.dirname, '..', 'src');
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
const room = (file: string): string => /^(pages\/[^/]+|[^/]+)/.exec(file)?.[0] ?? file;
const text = (file: string): string => readFileSync(join(SRC, file), 'utf8');

const TYPES_ONLY = /import type [^;]*? from '(\.[^']+)'/g;

function targets(file: string, found: Iterable<RegExpMatchArray>): string[] {
  return [...found].map(([, specifier = '']) => relative(SRC, join(SRC, dirname(file), specifier)));
}

const imports = (file: string): string[] => targets(file, text(file).matchAll(/(?:from|import\()\s*'(\.[^']+)'/g));
const typeImports = (file: string): string[] => targets(file, text(file).matchAll(TYPES_ONLY));

function mayImport(file: string, target: string): boolean {
  const among = (rooms: readonly string[] = []) => rooms.includes(room(target)) || rooms.includes(target);
  if (room(target) === room(file) || among(MAY_IMPORT[room(file)])) return true;
  return among(MAY_IMPORT_TYPES[room(file)]) && typeImports(file).includes(target);
}

test('every file imports only from rooms below its own', () => {
  for (const file of files) {
    assert.ok(MAY_IMPORT[room(file)], `${room(file)} is not a known room`);
    for (const target of imports(file)) assert.ok(mayImport(file, target), `${file} imports ${target}`);
  }
});

test('no import leads in a circle', () => {
  const cleared = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    assert.ok(!path.includes(file), `circle: ${[...path, file].join(' -> ')}`);
    if (cleared.has(file)) return;
    for (const target of imports(file)) walk(target, [...path, file]);
    cleared.add(file);
  };
  for (const file of files) walk(file, []);
});

test('files stay short, keep to the types and have honest names', () => {
  for (const file of files) {
    assert.ok(text(file).split('\n').length <= LONGEST_LINES, `${file} is longer than ${LONGEST_LINES} lines`);
    assert.doesNotMatch(file, BANNED_NAME, `${file} has a name that says nothing`);
    const code = text(file).replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '');
    for (const pattern of FORBIDDEN) assert.doesNotMatch(code, pattern, file);
  }
});
