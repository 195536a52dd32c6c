import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { configurationDocument } from './document-config.ts';

test('docs/configuration.md is what the schema says (npm run docs:configuration)', () => {
  const path = new URL('../../../../docs/configuration.md', import.meta.url);
  expect(readFileSync(path, 'utf8')).toBe(configurationDocument());
});
