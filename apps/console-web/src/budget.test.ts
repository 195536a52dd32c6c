import { readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

/** KB as 1,000 bytes, compressed as they are sent (docs/console.md). */
const SHELL_KB_MAX = 145;
const ROUTE_KB_MAX = 45;
const CSS_KB_MAX = 12;

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly isDynamicEntry?: boolean;
  readonly imports?: readonly string[];
}

const DIST = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', DIST), 'utf8')) as Record<
  string,
  Chunk
>;

/** A chunk with everything it brings along. */
function closure(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const each of manifest[name]?.imports ?? []) closure(each, seen);
  return seen;
}

function kilobytes(names: Iterable<string>): number {
  let bytes = 0;
  for (const name of names) bytes += statSync(new URL(`${manifest[name]?.file ?? name}.gz`, DIST)).size;
  return bytes / 1_000;
}

const [entry = ''] = Object.keys(manifest).filter((name) => manifest[name]?.isEntry === true);
const shell = closure(entry);
const routes = Object.keys(manifest).filter((name) => manifest[name]?.isDynamicEntry === true);

describe('what a browser has to fetch', () => {
  test('the shell', () => {
    expect(kilobytes(shell)).toBeLessThan(SHELL_KB_MAX);
  });

  test.each(routes)('%s', (name) => {
    const own = [...closure(name)].filter((each) => !shell.has(each));
    expect(kilobytes(own)).toBeLessThan(ROUTE_KB_MAX);
  });

  test('the stylesheet', () => {
    const styles = Object.keys(manifest).filter((name) => manifest[name]?.file.endsWith('.css') === true);
    expect(styles).not.toEqual([]);
    expect(kilobytes(styles)).toBeLessThan(CSS_KB_MAX);
  });
});
