import { z } from 'zod';
import { errorAnswer } from './api.ts';
import type { Route, Who } from './route.ts';

/** The API as OpenAPI 3.1, made from the table that serves it. */
export function openApi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const row of routes) {
    const path = paths[row.path] ?? {};
    paths[row.path] = path;
    path[row.method] = operation(row);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'ovd-gateway', version },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'web.token of the configuration' },
        session: { type: 'apiKey', in: 'cookie', name: 'ovd_session' },
      },
      schemas: { Error: schemaOf(errorAnswer) },
    },
  };
}

function operation({ path, does, who, body, query, answer }: Route): object {
  const success =
    typeof answer === 'string'
      ? { [answer]: { schema: { type: 'string' } } }
      : { 'application/json': { schema: schemaOf(answer) } };
  const failure = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  return {
    summary: does,
    security: SECURITY[who],
    parameters: [...pathParameters(path), ...queryParameters(query)],
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } } }),
    responses: {
      200: { description: 'done', content: success },
      default: { description: 'not done, and why', content: failure },
    },
  };
}

const KEY = [{ token: [] }, { session: [] }];
const SECURITY: Readonly<Record<Who, readonly object[]>> = {
  anyone: [],
  'set-up': [{ session: [] }],
  owner: KEY,
  'set-up-or-owner': KEY,
  monitor: KEY,
};

function pathParameters(path: string): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: name === 'channel' ? 'integer' : 'string' },
  }));
}

function queryParameters(query: z.ZodType | undefined): object[] {
  if (!(query instanceof z.ZodObject)) return [];
  return Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: 'query',
    schema: schemaOf(schema),
  }));
}

function schemaOf(schema: z.core.$ZodType): object {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}
