import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A provider's own folder, and what is no product. */
const APART =
  /\/(gocardless|paypal|freshbooks|generated|dist|node_modules)\/|^packages\/testkit|\.test\.tsx?$/;

/** As a value or as a key, not within a word or a sentence. */
const namesIt = (provider: string): RegExp => new RegExp(`'${provider}'|\\b${provider}:`);

function sources(): string[] {
  return ['packages', 'apps'].flatMap((top) =>
    readdirSync(join(ROOT, top)).flatMap((folder) => {
      const within = join(top, folder, 'src');
      return readdirSync(join(ROOT, within), { recursive: true, encoding: 'utf8' })
        .map((path) => join(within, path))
        .filter((path) => /\.tsx?$/.test(path) && !APART.test(path));
    }),
  );
}

/** Files and folders (with a slash at the end) in the section's code spans. */
function namedPlaces(): string[] {
  const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  const section = /^## Add a provider$([\s\S]*?)^## /m.exec(text)?.[1] ?? '';
  return [...section.matchAll(/`((?:packages|apps)\/[^`\s]+)`/g)].map(([, path = '']) => path);
}

test('what CONTRIBUTING says about adding a provider names every file that tells providers apart', () => {
  const named = namedPlaces();
  const isNamed = (path: string): boolean =>
    named.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place));
  const tellingApart = sources().filter((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    return ['gocardless', 'paypal'].every((provider) => namesIt(provider).test(text));
  });
  expect(tellingApart.length).toBeGreaterThan(15);
  expect(tellingApart.filter((path) => !isNamed(path))).toEqual([]);
});
