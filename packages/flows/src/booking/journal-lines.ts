import {
  ConnectorError,
  decimalFromMoney,
  type JournalLine,
  type Money,
  moneyFromDecimal,
  type Payout,
  type PolicyAccounts,
} from '@mlc/core';

/** Accounts of a payout's journal entry; uuids of the FreshBooks chart. */
export interface JournalAccounts {
  readonly bank: string;
  readonly clearing: string;
  /** Null when the fees are booked as an expense: in the entry too, they would be booked twice. */
  readonly fees: string | null;
}

/**
 * The accounts of the policy. Throws ConnectorError `rejected` naming the one that is missing (`mlc apply` refuses such a
 * policy).
 */
export function journalAccounts(accounts: PolicyAccounts, hasFeeLine: boolean): JournalAccounts {
  return {
    bank: required(accounts, 'bankAccountUuid'),
    clearing: required(accounts, 'clearingAccountUuid'),
    fees: hasFeeLine ? required(accounts, 'feeAccountUuid') : null,
  };
}

function required(
  accounts: PolicyAccounts,
  field: 'bankAccountUuid' | 'clearingAccountUuid' | 'feeAccountUuid',
): string {
  const uuid = accounts[field];
  if (uuid !== null) return uuid;
  throw new ConnectorError({
    kind: 'rejected',
    provider: 'mlc',
    operation: 'createJournalEntry',
    message: `policy.payoutEntry is "journal": set policy.accounts.${field}, apply, then replay`,
  });
}

/**
 * Dr bank net, Dr fees, Cr clearing gross; without a fee account Dr bank net, Cr clearing net. An amount below zero is
 * the other side, nothing is no line.
 */
export function journalLines(
  { net }: Pick<Payout, 'net'>,
  feesMinor: bigint,
  accounts: JournalAccounts,
): JournalLine[] {
  const { currency } = net;
  const fees = accounts.fees === null ? 0n : feesMinor;
  return [
    ...line(accounts.bank, { minor: net.minor, currency }),
    ...(accounts.fees === null ? [] : line(accounts.fees, { minor: fees, currency })),
    ...line(accounts.clearing, { minor: -(net.minor + fees), currency }),
  ];
}

/** The same entry with its sides exchanged. */
export function mirroredLines(lines: readonly JournalLine[]): JournalLine[] {
  return lines.map((one) => ({ ...one, side: one.side === 'debit' ? 'credit' : 'debit' }));
}

/**
 * What a payout that came back from the bank undoes: its money is not there after all, but GoCardless keeps the fees it took
 * out of it, as our own ledger says. `lines` as `journalLines` made them, the bank first and the clearing account last.
 */
export function returnedLines(lines: readonly JournalLine[]): JournalLine[] {
  const [bank, ...others] = mirroredLines(lines);
  const clearing = others.at(-1);
  if (bank === undefined || clearing === undefined) return [];
  return [bank, { ...clearing, side: bank.side === 'debit' ? 'credit' : 'debit', amount: bank.amount }];
}

const LINE = /\b(Dr|Cr) (\S+) (\d+(?:\.\d+)?)/g;

/** The lines as the note of their posting keeps them: the books tell nobody later what an entry said. */
export function textOfLines(lines: readonly JournalLine[]): string {
  return lines
    .map(({ side, accountUuid, amount }) => {
      const letters = side === 'debit' ? 'Dr' : 'Cr';
      return `${letters} ${accountUuid} ${decimalFromMoney(amount)}`;
    })
    .join(', ');
}

/** Reads them back out of the note, in the currency of the posting. */
export function linesInNote(note: string, currency: string): JournalLine[] {
  return [...note.matchAll(LINE)].flatMap(([, letters = '', accountUuid = '', decimal = '']) => {
    const amount = moneyFromDecimal(decimal, currency);
    return amount === null ? [] : [{ accountUuid, side: letters === 'Dr' ? 'debit' : 'credit', amount }];
  });
}

/** `amount` above zero is a debit. */
function line(accountUuid: string, { minor, currency }: Money): JournalLine[] {
  if (minor === 0n) return [];
  const side = minor > 0n ? 'debit' : 'credit';
  return [{ accountUuid, side, amount: { minor: minor < 0n ? -minor : minor, currency } }];
}
