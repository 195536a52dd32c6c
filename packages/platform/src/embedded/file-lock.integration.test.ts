import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { withFileLock } from './file-lock.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mlc-lock-'));
});

afterEach(() => rm(dir, { recursive: true }));

async function countTogether(path: string, takers: number): Promise<number> {
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: takers }, () =>
      withFileLock(path, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
      }),
    ),
  );
  return most;
}

test('never two at once, and nothing is left behind', async () => {
  const path = join(dir, 'lock');
  expect(await countTogether(path, 8)).toBe(1);
  expect(await readdir(dir)).toEqual([]);
});

test('the lock of a dead process is taken over by exactly one of many', async () => {
  const path = join(dir, 'lock');
  // This very process number, but of an earlier life: the start differs.
  await writeFile(path, JSON.stringify({ pid: process.pid, start: 'long ago', nonce: 'n1' }));
  await writeFile(`${path}.n1.0`, JSON.stringify({ pid: 2 ** 22 + 1, start: 'x', nonce: 'n2' }));
  expect(await countTogether(path, 8)).toBe(1);
  expect(await readdir(dir)).toEqual([]);
});
