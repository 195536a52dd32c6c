import { createHash } from 'node:crypto';
import { openDatabase } from '@mlc/platform/postgres/database';
import { printReport } from '@mlc/platform/month/report';
import { withSnapshot } from '@mlc/platform/month/snapshot';
import { ledgerHoldings } from '@mlc/platform/month/holdings';
import { MONTH } from './business-of.ts';

/** One report in a process of its own, so that its peak of memory is the report's. What it prints goes to the parent. */
export interface Printed {
  readonly seconds: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Resident memory before the report, and its peak. */
  readonly startBytes: number;
  readonly peakBytes: number;
}

async function printOnce(url: string, slug: string, format: 'json' | 'csv' | 'hledger'): Promise<Printed> {
  const database = openDatabase(url, 1);
  try {
    const bare = { business: { id: slug, slug }, month: MONTH, proofs: [] };
    // What the provider would say: all that is under way, but one payment that the ledger knows nothing of.
    const account = { provider: 'gocardless', currency: 'GBP' };
    const holdings = [{ id: 'PM-UNKNOWN', amountMinor: 1n }];
    await withSnapshot(database, async (snapshot) => {
      for await (const holding of ledgerHoldings(snapshot, bare, account)) holdings.push(holding);
    });
    const inFlightMinor = holdings.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
    const question = { ...bare, proofs: [{ ...account, inFlightMinor, holdings, why: null }] };
    const hash = createHash('sha256');
    let bytes = 0;
    const startBytes = process.memoryUsage.rss();
    const began = performance.now();
    await printReport(database, question, format, (piece) => {
      hash.update(piece, 'utf8');
      bytes += Buffer.byteLength(piece);
      return Promise.resolve();
    });
    const seconds = (performance.now() - began) / 1_000;
    const peakBytes = process.resourceUsage().maxRSS * 1_024;
    return { seconds, bytes, sha256: hash.digest('hex'), startBytes, peakBytes };
  } finally {
    await database.close();
  }
}

const [url = '', slug = '', format = ''] = process.argv.slice(2);
if (format === 'json' || format === 'csv' || format === 'hledger')
  process.stdout.write(`${JSON.stringify(await printOnce(url, slug, format))}\n`);
