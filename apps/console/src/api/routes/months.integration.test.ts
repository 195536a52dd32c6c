import { beforeAll, expect, jest, test } from '@jest/globals';
import { type SignedInBrowser, withConsole } from '../../../../../tests/support/console-under-test.ts';

jest.setTimeout(60_000);

const under = withConsole();
const API = '/api/v1';
let finance: SignedInBrowser;
let admin: SignedInBrowser;

beforeAll(async () => {
  finance = await under.person([{ businessId: 'b1', roles: ['finance'] }]);
  admin = await under.person([{ businessId: 'b1', roles: ['admin'] }]);
  const entry = {
    businessId: 'b1',
    key: 'l1',
    kind: 'collection',
    provider: 'gocardless',
    currency: 'GBP',
    amountMinor: 1_000n,
  };
  const accounts = { debit: 'assets:clearing:gocardless', credit: 'assets:receivable' };
  const source = { sourceProvider: 'gocardless', sourceType: 'payment', sourceId: 'PM1', note: '' };
  const dates = { date: '2026-01-15', factDate: '2026-01-15' };
  await under.runtime.database.prisma.ledgerEntry.create({
    data: { ...entry, ...accounts, ...source, ...dates },
  });
});

const month = (browser = finance) => under.ask(`${API}/months/2026-01?proven=false`, { browser });
const close = (sha256: string, body: unknown, browser = admin) =>
  under.ask(`${API}/months/2026-01/closing`, {
    method: 'PUT',
    browser,
    body,
    headers: { 'If-Match': `"${sha256}"` },
  });

test('a month says what stands in the way; only an admin closes it all the same, with a reason, as it was seen', async () => {
  const open = await month();
  const sha256 = String(open.json['sha256']);
  expect(open.headers.get('etag')).toBe(`"${sha256}"`);
  expect(open.json).toMatchObject({
    state: 'open',
    isOver: true,
    currencies: [
      {
        currency: 'GBP',
        clearing: [{ provider: 'gocardless', collectedMinor: 1_000, differenceMinor: null }],
      },
    ],
  });
  expect(open.json['blockers']).toEqual([expect.stringContaining('gocardless GBP is not proven')]);
  const refused = await close(sha256, {}, finance);
  expect([refused.status, refused.json['code']]).toEqual([422, 'refused']);
  expect(String(refused.json['detail'])).toContain('is not proven');
  expect((await close(sha256, { override: true, note: 'x' }, finance)).status).toBe(403);
  expect((await close(sha256, { override: true })).status).toBe(422);
  const stale = await close('0'.repeat(64), { override: true, note: 'no provider' });
  expect([stale.status, stale.json['current']]).toEqual([412, { sha256 }]);
  const closed = await close(sha256, { override: true, note: 'no provider' });
  expect(closed.json).toMatchObject({ state: 'closed', sha256, closedBy: 'p2@a.test', blockers: [] });
});

test('a closed month’s report is a file that never changes, until an admin opens it again', async () => {
  const report = await under.ask(`${API}/months/2026-01/report?format=csv`, { browser: finance });
  const etag = String(report.headers.get('etag'));
  expect(report.headers.get('content-disposition')).toContain('a-2026-01.csv');
  expect(report.headers.get('content-type')).toContain('text/csv');
  expect(report.text).toContain('gocardless');
  const again = await under.ask(`${API}/months/2026-01/report?format=csv`, {
    browser: finance,
    headers: { 'If-None-Match': etag },
  });
  expect([again.status, again.text]).toEqual([304, '']);
  const reopen = (browser: SignedInBrowser) =>
    under.ask(`${API}/months/2026-01/closing?note=mistake`, { method: 'DELETE', browser });
  expect((await reopen(finance)).status).toBe(403);
  expect((await reopen(admin)).json).toMatchObject({ state: 'open', closedBy: null });
  expect((await reopen(admin)).status).toBe(422);
  const json = await under.ask(`${API}/months/2026-01/report?proven=false`, { browser: finance });
  expect(json.headers.get('etag')).toBeNull();
  expect(json.json).toMatchObject({ report: { month: '2026-01' } });
});

test('the audit log is searched, exported by finance, and verified', async () => {
  const find = (query: string) => under.ask(`${API}/audit?${query}`, { browser: finance });
  const closings = (await find('action=period.closed')).json['items'] as {
    seq: number;
    sentence: string;
    why: string[];
  }[];
  expect(closings).toMatchObject([{ sentence: '2026-01 closed', why: ['no provider'] }]);
  const entry = await under.ask(`${API}/audit/${String(closings[0]?.seq)}`, { browser: finance });
  expect(entry.json).toMatchObject({ actor: 'p2@a.test', prevHash: expect.any(String) });
  expect((await under.ask(`${API}/audit/999`, { browser: finance })).status).toBe(404);
  const file = await under.ask(`${API}/audit/export`, { browser: finance });
  const lines = file.text.trim().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ action: 'export.taken', actor: 'p1@a.test' });
  expect((await under.ask(`${API}/audit/verification`, { browser: finance })).json).toMatchObject({
    state: 'never',
  });
  await under.ask(`${API}/audit/verification`, { method: 'POST', browser: finance });
  const result = async () => (await under.ask(`${API}/audit/verification`, { browser: finance })).json;
  let found = await result();
  while (found['state'] === 'running') found = await result();
  expect(found).toMatchObject({ state: 'whole', entries: lines.length, by: 'p1@a.test' });
});
