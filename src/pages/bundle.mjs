// Builds the pages into dist/pages: one folder a page, with hashed names so that a browser may keep them for ever, and
// a gzip and a brotli copy beside each file so that no request costs the box any packing.
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'esbuild';

const SOURCES = import.meta.dirname;
const ROOT = join(SOURCES, '..', '..');
const TARGET = join(ROOT, 'dist', 'pages');
/** What each page is called before its script has run. */
const TITLES = { admin: 'ovd-gateway', simulator: 'OVC simulator' };
const BROWSERS = ['chrome90', 'firefox90', 'safari15'];
const WORTH_PACKING_BYTES = 512;

const OPTIONS = {
  // Names below it go into the hashes, so that a build gives the same ones wherever it stands and its packages lie.
  absWorkingDir: ROOT,
  preserveSymlinks: true,
  bundle: true,
  format: 'esm',
  splitting: true,
  minify: true,
  metafile: true,
  write: false,
  target: BROWSERS,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.svg': 'copy' },
  legalComments: 'none',
  logLevel: 'warning',
};

function html(title, { script, style, icon }) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="assets/${icon}">
<link rel="stylesheet" href="assets/${style}">
<script type="module" src="assets/${script}"></script>
</head>
<body>
<div id="page"></div>
<noscript>This page needs JavaScript. 本页面需要启用 JavaScript。</noscript>
</body>
</html>
`;
}

async function writePacked(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  if (content.length >= WORTH_PACKING_BYTES) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
    writeFileSync(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
    writeFileSync(`${path}.br`, await promisify(brotliCompress)(content, { params }));
  }
  writeFileSync(path, content);
}

/** What a page is made of, not packed yet: names within its `assets`, and contents. */
export async function assetsOf(name) {
  const entryPoints = [join(SOURCES, name, 'main.tsx'), join(SOURCES, 'kit', 'icon.svg')];
  const outdir = join(TARGET, name, 'assets');
  const { outputFiles } = await build({ ...OPTIONS, entryPoints, outdir });
  return outputFiles.map(({ path, contents }) => ({ name: relative(outdir, path), contents }));
}

async function bundlePage(name) {
  const files = await assetsOf(name);
  const find = (pattern) => files.find((file) => pattern.test(file.name))?.name;
  const entries = { script: find(/^main-.*\.js$/), style: find(/^main-.*\.css$/), icon: find(/^icon-.*\.svg$/) };
  // The old files go last moment, and the page that names the new ones comes last of all.
  rmSync(join(TARGET, name), { recursive: true, force: true });
  for (const file of files) await writePacked(join(TARGET, name, 'assets', file.name), Buffer.from(file.contents));
  await writePacked(join(TARGET, name, 'index.html'), Buffer.from(html(TITLES[name], entries)));
}

const modifiedMs = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function stale(name) {
  const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).map((file) => join(SOURCES, file));
  const builtMs = modifiedMs(join(TARGET, name, 'index.html'));
  return sources.some((file) => modifiedMs(file) > builtMs);
}

/** Builds every page of which a source is newer than what was built. */
export async function bundleStalePages() {
  for (const name of Object.keys(TITLES)) if (stale(name)) await bundlePage(name);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const name of Object.keys(TITLES)) await bundlePage(name);
}
