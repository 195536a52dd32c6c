import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { mlc } from './main.ts';

jest.setTimeout(60_000);

const KEY = `k1:${randomBytes(32).toString('base64')}`;
let testDatabase: TestDatabase;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
});

afterAll(async () => {
  await testDatabase.drop();
});

async function run(args: string) {
  let out = '';
  const status = await mlc(args.split(' '), {
    out: (text) => Promise.resolve(void (out += text)),
    err: () => undefined,
    isWatched: false,
    env: { DATABASE_URL: testDatabase.url, MLC_VAULT_KEYS: KEY, MLC_CONSOLE_URL: 'https://console.test' },
    cwd: '/nonexistent-folder',
  });
  return { status, out };
}

test('mlc console setup-link prints a link, each time another, and says so in the audit log', async () => {
  const [first, second] = [await run('console setup-link --json'), await run('console setup-link --json')];
  expect([first.status, second.status]).toEqual([0, 0]);
  const urls = [first, second].map(({ out }) => (JSON.parse(out) as { url: string }).url);
  for (const url of urls) expect(url).toMatch(/^https:\/\/console\.test\/setup\?token=[\w-]{43}$/);
  expect(new Set(urls).size).toBe(2);
  expect((await run('console setup-link')).out).toContain('Works once');
  const audit = (await run('audit list --json')).out.trim().split('\n');
  expect(audit.map((line) => (JSON.parse(line) as { action: string }).action)).toEqual([
    'link.made',
    'link.made',
    'link.made',
  ]);
  expect((await run('audit verify --json')).status).toBe(0);
});
