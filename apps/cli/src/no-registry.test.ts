import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SKIPPED = new Set(['node_modules', 'dist', '.git', '.mlc', 'coverage', 'generated']);
const TEXT = /\.(c|m)?[jt]sx?$|\.(json|ya?ml|md|sql|prisma|sh|toml)$|Dockerfile$|\.npmrc$|\/run$/;

/** In pieces, so that this file passes too. */
const HOSTS = [
  ['registry', 'npmjs', 'org'],
  ['registry', 'yarnpkg', 'com'],
  ['npm', 'pkg', 'github', 'com'],
].map((parts) => parts.join('.'));

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesIn(path);
    return TEXT.test(path) ? [path] : [];
  });
}

/** Where packages come from is the installing machine's business (a mirror, an air-gapped store). */
test('no file names a package registry', () => {
  const naming = filesIn(ROOT).filter((path) => {
    const text = readFileSync(path, 'utf8');
    return HOSTS.some((host) => text.includes(host));
  });
  expect(naming).toEqual([]);
});

test('the lock file pins contents, not places', () => {
  const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  expect(lock).not.toMatch(/"resolved": "(https?|git)/);
  expect(lock).toContain('"integrity": "sha512-');
});
