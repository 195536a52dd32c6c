import { randomUUID } from 'node:crypto';
import type { Books } from './books.ts';
import type { LedgerAccountRow } from './rows.ts';

interface SeedAccount {
  readonly name: string;
  readonly number: string;
  readonly type: string;
  readonly subType: string;
  readonly children?: readonly (readonly [number: string, name: string])[];
}

const SEED: readonly SeedAccount[] = [
  {
    name: 'Cash',
    number: '1000',
    type: 'asset',
    subType: 'Cash & Bank',
    children: [
      ['1000-1', 'Petty Cash'],
      ['1000-2', 'Bank'],
    ],
  },
  { name: 'Accounts Receivable', number: '1200', type: 'asset', subType: 'Current Asset' },
  {
    name: 'Other Current Assets',
    number: '1300',
    type: 'asset',
    subType: 'Current Asset',
    children: [
      ['1300-1', 'GoCardless Clearing'],
      ['1300-2', 'PayPal Clearing'],
    ],
  },
  { name: 'Client Credits', number: '2200', type: 'liability', subType: 'Current Liability' },
  { name: "Owner's Equity", number: '3000', type: 'equity', subType: 'Equity' },
  { name: 'Sales', number: '4000', type: 'income', subType: 'Income' },
  {
    name: 'Bank Fees',
    number: '5100',
    type: 'expense',
    subType: 'Operating Expense',
    children: [['5100-1', 'Payment Processing Fees']],
  },
];

/** The accounts every new business has, with a few sub-accounts a payout can be booked on. */
export function seedChart(books: Books): void {
  for (const { children = [], ...parent } of SEED) {
    const { uuid } = place(books, { ...parent, parentUuid: null, systemName: parent.name });
    for (const [number, name] of children) {
      place(books, { ...parent, name, number, parentUuid: uuid, systemName: null });
    }
  }
}

type Placed = Pick<LedgerAccountRow, 'name' | 'number' | 'type' | 'subType' | 'parentUuid' | 'systemName'>;

function place(books: Books, account: Placed): LedgerAccountRow {
  const row: LedgerAccountRow = {
    uuid: randomUUID(),
    id: books.nextId('ledgerAccount'),
    description: '',
    autoCreated: true,
    createdMs: books.now(),
    ...account,
  };
  books.chart.set(row.uuid, row);
  return row;
}
