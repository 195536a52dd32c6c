import { decimalFromMoney, exponentOf } from '../money/money.ts';
import { clearingOf } from '../ledger/accounts.ts';
import { compareText } from './compare.ts';
import { firstDayOf, lastDayOf } from './month.ts';
import type { AccountBalance, ReportFacts, Transaction } from './report.ts';

/**
 * The month as an hledger journal (https://hledger.org/1.25/hledger.html, "JOURNAL FORMAT"): declared accounts and
 * commodities (so that `hledger check --strict` holds), what stood before as a first transaction, one transaction per
 * transfer, and the balances of the clearing accounts asserted at the end. `hledger balance` of it gives the closing
 * balances.
 */
export async function* writeHledger(facts: ReportFacts): AsyncGenerator<string> {
  const accounts = await facts.accounts();
  yield `; ml-connector: ${clean(facts.business)}, ${facts.month}\n\n`;
  yield declarations([...accounts, ...(await clearingAccounts(facts))]);
  yield opening(facts.month, accounts);
  for await (const row of facts.transactions()) yield transaction(row);
  yield await closing(facts);
}

/** Their balances are asserted, also where only the provider's records know the currency. */
async function clearingAccounts(facts: ReportFacts): Promise<Declared[]> {
  const rows = await facts.clearing();
  return rows.map(({ provider, currency }) => ({ account: clearingOf(provider), currency }));
}

type Declared = Pick<AccountBalance, 'account' | 'currency'>;

function declarations(accounts: readonly Declared[]): string {
  const names = new Set(accounts.map(({ account }) => account));
  const currencies = new Set(accounts.map(({ currency }) => currency));
  return [
    ...[...currencies].sort(compareText).map(commodity),
    ...[...names].sort(compareText).map((name) => `account ${name}\n`),
    '\n',
  ].join('');
}

/** The directive wants a decimal mark, also for currencies without decimals. */
function commodity(currency: string): string {
  const decimals = '0'.repeat(exponentOf(currency));
  return `commodity ${symbol(currency)} 1000.${decimals}\n`;
}

/** All accounts together are balanced: the ledger is, and each entry has one currency. */
function opening(month: string, accounts: readonly AccountBalance[]): string {
  const standing = accounts.filter(({ openingMinor }) => openingMinor !== 0n);
  if (standing.length === 0) return '';
  const lines = standing.map(
    ({ account, openingMinor, currency }) => `    ${account}  ${amount(openingMinor, currency)}\n`,
  );
  return `${firstDayOf(month)} * (opening) opening balances\n${lines.join('')}\n`;
}

function transaction(row: Transaction): string {
  const { date, kind, source, debit, credit, amountMinor, currency } = row;
  const on = row.invoiceIds.length === 0 ? '' : ` on invoice ${row.invoiceIds.join(' ')}`;
  return [
    `${date} * (${clean(kind)}) ${clean(`${source.provider} ${source.type} ${source.id}${on}`)}\n`,
    `    ; ${tags(row)}\n`,
    `    ${debit}  ${amount(amountMinor, currency)}\n`,
    `    ${credit}  ${amount(-amountMinor, currency)}\n\n`,
  ].join('');
}

function tags({ provider, source, invoiceIds, postingKeys, payoutIds, originalDates }: Transaction): string {
  const values = {
    provider: [provider],
    source: [source.id],
    invoice: invoiceIds,
    posting: postingKeys,
    payout: payoutIds,
    original: originalDates,
  };
  return Object.entries(values)
    .filter(([, list]) => list.length > 0)
    .map(([name, list]) => `${name}:${clean(list.join(' '))}`)
    .join(', ');
}

/** Assertions are checked in the order of the dates, then of the file: these come last. */
async function closing(facts: ReportFacts): Promise<string> {
  const rows = await facts.clearing();
  if (rows.length === 0) return '';
  const lines = rows.map(({ provider, currency, closingMinor }) => {
    const [nothing, asserted] = [amount(0n, currency), amount(closingMinor, currency)];
    return `    ${clearingOf(provider)}  ${nothing} = ${asserted}\n`;
  });
  return `${lastDayOf(facts.month)} * (closing) clearing accounts at the end of the month\n${lines.join('')}\n`;
}

function amount(minor: bigint, currency: string): string {
  return `${symbol(currency)} ${decimalFromMoney({ minor, currency })}`;
}

/** Commodity symbols of letters stand as they are, others in quotes. */
function symbol(currency: string): string {
  return /^[A-Za-z]+$/.test(currency) ? currency : `"${clean(currency).replaceAll('"', ' ')}"`;
}

/** Without what ends a line, a description or a tag's value, or begins a comment. */
function clean(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are the point
  return text.replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029;|,()\s]+/g, ' ').trim();
}
