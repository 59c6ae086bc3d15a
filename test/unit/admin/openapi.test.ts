import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApi } from '../../../src/admin/openapi.ts';
import { ROUTES } from '../../../src/admin/routes.ts';

test('every route is in the OpenAPI document, with what it takes and gives', () => {
  const { paths }: { paths?: Record<string, Record<string, { summary?: string; requestBody?: object }>> } = JSON.parse(
    JSON.stringify(openApi(ROUTES, '1.2.3')),
  );
  for (const { method, path, does, body } of ROUTES) {
    const described = paths?.[path]?.[method];
    assert.equal(described?.summary, does, `${method} ${path}`);
    assert.equal(described?.requestBody !== undefined, body !== undefined, `${method} ${path}`);
  }
  assert.equal(Object.values(paths ?? {}).flatMap(Object.keys).length, ROUTES.length, 'and nothing else');
});

test('no two routes are the same', () => {
  assert.equal(new Set(ROUTES.map(({ method, path }) => `${method} ${path}`)).size, ROUTES.length);
});
