import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ReportSummary } from '@mlc/core';
import { MONTH } from './month.ts';

/** What hledger makes of the month's journal. */
export interface JournalCheck {
  readonly line: string;
  readonly wrong: readonly string[];
}

/** Kept after the demo, to be looked at. Git ignores it. */
const FOLDER = '.demo';

/** Writes the journal to a file and, where hledger is installed, has it checked and its balances compared with the report's. */
export async function checkJournal(journal: string, report: ReportSummary['report']): Promise<JournalCheck> {
  await mkdir(FOLDER, { recursive: true });
  const path = join(FOLDER, `${MONTH}.journal`);
  await writeFile(path, journal);
  const where = `hledger journal of the month: ${relative('.', path)}`;
  if (spawnSync('hledger', ['--version']).status !== 0)
    return { line: `${where} (hledger is not installed, so it was not checked)`, wrong: [] };
  const checked = hledger(path, 'check', '--strict');
  const balances = hledger(path, 'balance', '--flat', '--no-total', '--layout=bare', '-O', 'csv', 'clearing');
  const wrong = [
    ...(checked.status === 0 ? [] : [`hledger check: ${checked.stderr.trim()}`]),
    ...balanceDifferences(balances.stdout, report),
  ];
  const verdict = wrong.length === 0 ? "hledger check passes, hledger balance equals the report's" : 'WRONG';
  return { line: `${where} (${verdict})`, wrong };
}

function hledger(path: string, ...args: readonly string[]) {
  return spawnSync('hledger', ['-f', path, ...args], { encoding: 'utf8' });
}

/**
 * What of `hledger balance` as CSV differs from the report: lines `"assets:clearing:paypal","GBP","12.34"`; accounts at
 * zero are left out by hledger, and so here.
 */
export function balanceDifferences(csv: string, { currencies }: ReportSummary['report']): string[] {
  const found = csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.replaceAll('"', '').split(','))
    .map(([account = '', currency = '', amount = '']) => `${account} ${currency} ${amount.replace('.', '')}`);
  const wanted = currencies.flatMap(({ currency, clearing }) =>
    clearing
      .filter(({ closingMinor }) => closingMinor !== 0)
      .map(({ provider, closingMinor }) => `assets:clearing:${provider} ${currency} ${closingMinor}`),
  );
  const [has, should] = [found.sort().join('; '), wanted.sort().join('; ')];
  return has === should ? [] : [`hledger balance is ${has}, should be ${should}`];
}
