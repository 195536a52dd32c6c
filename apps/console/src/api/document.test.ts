import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { openApiDocument } from './document.ts';
import { ROUTES } from './routes.ts';

test('openapi.json is the document of these routes (else: npm run docs:api)', () => {
  const kept = readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8');
  expect(kept).toBe(`${JSON.stringify(openApiDocument(ROUTES), null, 2)}\n`);
});

test('ids of operations are their own, and no path has two roles for one method', () => {
  const ids = ROUTES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const operations = ROUTES.map(({ method, path }) => `${method} ${path}`);
  expect(new Set(operations).size).toBe(operations.length);
});

test('a fixed path stands before the parameter that would swallow it', () => {
  for (const [index, route] of ROUTES.entries()) {
    const pattern = new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    const later = ROUTES.slice(index + 1).filter(
      ({ method, path }) => method === route.method && path !== route.path && pattern.test(path),
    );
    expect(later.map(({ path }) => path)).toEqual([]);
  }
});
