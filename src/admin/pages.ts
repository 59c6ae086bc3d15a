import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

/** The built page. Knows files, and nothing of the API. */

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.ico', 'image/x-icon'],
  ['.woff2', 'font/woff2'],
  ['.json', 'application/json'],
  ['.webmanifest', 'application/manifest+json'],
]);

/** What stands beside a file, packed, best first. */
const PACKED = [
  { encoding: 'br', ending: '.br' },
  { encoding: 'gzip', ending: '.gz' },
] as const;

/** Names below it hold a digest of their content. */
const NEVER_CHANGING = `${sep}assets${sep}`;
const NOT_BUILT = 'The page has not been built: run `npm run build`, then start again.\n';

/** A file of the page; its only view for every other path that looks like a place in it. Undefined: no such file. */
export async function pageFile(folder: string, path: string, accepted: string): Promise<Response | undefined> {
  const isPlace = !path.split('/').at(-1)?.includes('.');
  const name = normalize(join(sep, isPlace ? 'index.html' : decoded(path)));
  const type = TYPES.get(extname(name));
  if (!type) return undefined;
  const file = await packedOrPlain(join(folder, name), accepted);
  if (!file) {
    return name === `${sep}index.html` ? new Response(NOT_BUILT, { status: 503, headers: PLAIN }) : undefined;
  }
  const cache = name.startsWith(NEVER_CHANGING) ? 'public, max-age=31536000, immutable' : 'no-cache';
  const headers = { 'content-type': type, 'cache-control': cache, vary: 'accept-encoding' };
  return new Response(new Uint8Array(file.content), {
    headers: file.encoding ? { ...headers, 'content-encoding': file.encoding } : headers,
  });
}

const PLAIN = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

async function packedOrPlain(path: string, accepted: string) {
  for (const { encoding, ending } of PACKED) {
    if (!accepted.includes(encoding)) continue;
    const content = await contentOf(`${path}${ending}`);
    if (content) return { content, encoding };
  }
  const content = await contentOf(path);
  return content && { content, encoding: undefined };
}

async function contentOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch {
    return undefined; // There is no such file, or a folder.
  }
}

/** What is no text stays as it is, and names no file. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
