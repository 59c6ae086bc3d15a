import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';

/** The monitor page, as the build has bundled it: `index.html`, and files with hashed names below `assets/`. */

/** From the built program, and from the sources. */
const FOLDERS = ['../../pages/simulator/', '../../../dist/pages/simulator/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
const ASSET = /^[\w-]+\.(js|css|svg)$/;
const TYPES: ReadonlyMap<string, string> = new Map([
  ['js', 'text/javascript; charset=utf-8'],
  ['css', 'text/css; charset=utf-8'],
  ['svg', 'image/svg+xml'],
]);

export function pageRoutes(app: Hono): void {
  const folder = FOLDERS.find((path) => existsSync(`${path}index.html`));
  app.get('/', async (c) => {
    if (folder === undefined) throw new HTTPException(404, { message: 'the page is not built; npm run build does it' });
    // Its assets have other names after the next build, so it is asked for each time.
    c.header('Cache-Control', 'no-cache');
    return c.html(await readFile(`${folder}index.html`, 'utf8'));
  });
  app.get('/assets/:name', async (c) => {
    const [name, kind = ''] = ASSET.exec(c.req.param('name')) ?? [];
    const file = name === undefined || folder === undefined ? undefined : await read(`${folder}assets/${name}`);
    if (!file) throw new HTTPException(404, { message: 'no such file' });
    const headers = { 'Content-Type': TYPES.get(kind) ?? '', 'Cache-Control': 'public, max-age=31536000, immutable' };
    return c.body(new Uint8Array(file), 200, headers);
  });
}

async function read(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch {
    // Whatever keeps it from being read, there is nothing to give.
    return undefined;
  }
}
