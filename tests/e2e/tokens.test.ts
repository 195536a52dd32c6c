import { describe, expect, jest, test } from '@jest/globals';
import type { ReviewView } from '@mlc/platform';
import { debitsOf, standingOf, type TestInvoice, writeInvoice } from './harness/invoices.ts';
import type { Role } from './harness/role.ts';
import { applyFile, type BusinessFile, freshTokens, type TestBusiness } from './harness/test-business.ts';
import { until } from './harness/until.ts';
import { withDeployment } from './harness/with-deployment.ts';

jest.setTimeout(120_000);

const JOBS = 8;
const TOKEN_PATH = '/auth/oauth/token';

describe('FreshBooks tokens, shared by two workers', () => {
  let first: TestBusiness;
  let second: TestBusiness;
  let workers: Role[];

  const deployment = withDeployment(
    async (prepared) => {
      await prepared.start('ingress');
      [first, second] = await Promise.all([prepared.addBusiness(), prepared.addBusiness()]);
    },
    () => ({ queue: 'postgres' }),
  );

  /** Applies the business with other tokens. */
  async function applyTokens(
    business: TestBusiness,
    tokens: Partial<BusinessFile['connections']['freshbooks']>,
  ): Promise<BusinessFile> {
    const { connections } = business.file;
    const freshbooks = { ...connections.freshbooks, ...tokens };
    const file = { ...business.file, connections: { ...connections, freshbooks } };
    await applyFile(deployment().cli, deployment().place.cwd, file);
    return file;
  }

  /** Refreshes the token endpoint saw while the work was done. */
  async function refreshesDuring(work: () => Promise<unknown>): Promise<number> {
    const { counts } = deployment().sandbox.freshbooks.tokens;
    const before = counts.refreshCalls;
    await work();
    return counts.refreshCalls - before;
  }

  function expectAllCollected(invoices: readonly TestInvoice[]): void {
    for (const invoice of invoices) expect(standingOf(invoice).debits).toEqual(['pending_submission']);
  }

  test('8 jobs that find the token expired make one refresh', async () => {
    const { sandbox, start, settle } = deployment();
    await applyTokens(first, freshTokens(sandbox, first.accountId, 0));
    // Long enough for every job to come while the refresh is under way.
    sandbox.freshbooks.faults.add({ kind: 'slow', path: TOKEN_PATH, times: 'always', delayMs: 500 });
    const invoices = Array.from({ length: JOBS }, () => writeInvoice(first));
    await sandbox.idle();
    const refreshes = await refreshesDuring(async () => {
      workers = await Promise.all([start('worker'), start('worker')]);
      await settle();
    });
    expect(refreshes).toBe(1);
    expectAllCollected(invoices);
  });

  test('8 jobs whose token FreshBooks no longer takes, though it should live on, make one refresh', async () => {
    const { sandbox, settle } = deployment();
    const { expiresAt } = freshTokens(sandbox, first.accountId);
    await applyTokens(first, { ...freshTokens(sandbox, first.accountId, 0), expiresAt });
    const invoices = Array.from({ length: JOBS }, () => writeInvoice(first));
    expect(await refreshesDuring(settle)).toBe(1);
    expectAllCollected(invoices);
  });

  test('the same file again does not bring spent tokens back', async () => {
    const { sandbox, settle } = deployment();
    const file = await applyTokens(first, freshTokens(sandbox, first.accountId, 0));
    const invoice = writeInvoice(first);
    await settle();
    await applyFile(deployment().cli, deployment().place.cwd, file);
    const next = writeInvoice(first);
    expect(await refreshesDuring(settle)).toBe(0);
    expectAllCollected([invoice, next]);
  });

  test('a spent refresh token parks that business only, and new tokens resume it', async () => {
    const { sandbox, cli, settle } = deployment();
    const spent = freshTokens(sandbox, second.accountId, 0);
    // Consenting once more ends the refresh token of the first consent.
    const renewed = freshTokens(sandbox, second.accountId);
    await applyTokens(second, spent);
    const waiting = writeInvoice(second);
    const other = writeInvoice(first);
    const status = await settle();
    expectAllCollected([other]);
    expect(standingOf(waiting).debits).toEqual([]);
    expect(status.parked).toBeGreaterThan(0);
    expect(status.deadLetters).toBe(0);
    const own = ['--business', second.slug, '--state', 'open'];
    const reviews = await cli.list<ReviewView>('reviews', 'list', ...own);
    expect(reviews).toMatchObject([
      { kind: 'reauthorise', subject: { provider: 'freshbooks', type: 'connection' } },
    ]);

    await applyTokens(second, renewed);
    await until('the parked invoice is collected', () => debitsOf(waiting).length > 0);
    expect(await settle()).toMatchObject({ parked: 0, deadLetters: 0 });
    expectAllCollected([waiting]);
    expect(await cli.list('reviews', 'list', ...own)).toEqual([]);
    // Nothing was written down on the way that opens anything.
    const said = workers.map((worker) => worker.lastWords()).join('');
    for (const { accessToken, refreshToken } of [spent, renewed]) {
      expect(said).not.toContain(accessToken);
      expect(said).not.toContain(refreshToken);
    }
  });
});
