import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readConfig } from './read-config.ts';

let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'mlc-env-'));
});

afterAll(() => rm(cwd, { recursive: true }));

test('.env is read first and the environment wins', async () => {
  await writeFile(join(cwd, '.env'), 'INGRESS_PORT=5000\nCONSOLE_PORT=5001\nPATH_OF_SOMEBODY=x\n');
  expect(readConfig({ CONSOLE_PORT: '6001' }, cwd).ports).toMatchObject({ ingress: 5000, console: 6001 });
});

test('a misspelt name in .env is refused by its name', async () => {
  await writeFile(join(cwd, '.env'), 'FRESHBOOK_API_URL=http://x\nFRESHBOOKS_API_URI=http://x\n');
  expect(() => readConfig({}, cwd)).toThrow(/FRESHBOOKS_API_URI: .*did you mean FRESHBOOKS_API_URL/);
});
