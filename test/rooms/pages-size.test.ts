import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundleStalePages } from '../../src/pages/bundle.mjs';

const BUILT = join(import.meta.dirname, '../../dist/pages');
/** A phone on a slow WLAN has it in a blink. */
const FIRST_VIEW_BYTES = 60_000;

/** Everything that the page asks for before anyone has touched it, as it goes over the wire. */
function firstView(page: string): number {
  const html = readFileSync(join(BUILT, page, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)].map(([, path = '']) => path);
  const seen = new Set<string>();
  const walk = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    if (!path.endsWith('.js')) return;
    const imports = readFileSync(join(BUILT, page, path), 'utf8').matchAll(/(?:from|import)"\.\/([^"]+)"/g);
    for (const [, name] of imports) walk(`assets/${name}`);
  };
  for (const path of named) walk(path);
  const wire = (path: string): number =>
    (statSync(join(BUILT, page, `${path}.gz`), { throwIfNoEntry: false }) ?? statSync(join(BUILT, page, path))).size;
  return [...seen, 'index.html'].reduce((sum, path) => sum + wire(path), 0);
}

test('the first view of each page is small, and nothing in it comes from elsewhere', async () => {
  await bundleStalePages();
  for (const page of readdirSync(BUILT)) {
    const size = firstView(page);
    assert.ok(size <= FIRST_VIEW_BYTES, `${page} needs ${size} bytes`);
    const html = readFileSync(join(BUILT, page, 'index.html'), 'utf8');
    assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//);
    assert.doesNotMatch(html, /<style|<script(?![^>]*src=)|style=|\son\w+=/);
  }
});
