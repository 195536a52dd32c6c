import {
  type BookExpense,
  type ByName,
  chooseFeeCategory,
  chooseStaff,
  ConnectorError,
  type FlowContext,
  type Job,
  type Money,
  noteCarriesKey,
  type Posting,
  type Subject,
} from '@mlc/core';
import { bookEntry, type EntryOutcome } from './book-entry.ts';
import { keysInBooks, newPostingKey, postingOf } from './posting-keys.ts';

/** What a provider charged, to become a FreshBooks expense. */
export interface FeeToBook {
  readonly source: Posting['source'];
  /** The payout or capture it was charged for. */
  readonly subject: Subject;
  /** How the notes begin. */
  readonly title: string;
  /** Positive. */
  readonly amount: Money;
  /** YYYY-MM-DD. */
  readonly date: string;
}

/** Books the fee of one payout or capture as an expense, once (design section 8); found again by vendor, date and notes. */
export async function bookFeeExpense(job: Job, fee: FeeToBook): Promise<EntryOutcome> {
  const { source, subject, title, amount, date } = fee;
  const earlier = await postingOf(job, 'fee', source);
  const key = earlier?.key ?? newPostingKey(job, keyedOf(source));
  const vendor = vendorOf(source);
  return bookEntry(job, {
    key,
    earlier,
    kind: 'fee',
    source,
    reversesKey: null,
    eventId: job.event.id,
    subject,
    amount,
    date,
    title,
    scope: 'expenses',
    operation: 'createExpense',
    find: async (on) => (await feeExpenses(job, { key, source }, on)).at(0) ?? null,
    prepare: async () => {
      const { categoryId, staffId } = await expenseAccounts(job);
      return ({ date: on, note }) =>
        job.books.createExpense({ amount, categoryId, staffId, date: on, vendor, notes: note });
    },
  });
}

/** The expenses of one fee that stand in FreshBooks under this date (YYYY-MM-DD); more than one is one too many. */
export async function feeExpenses(
  context: FlowContext,
  { key, source }: Pick<Posting, 'key' | 'source'>,
  date: string,
): Promise<readonly BookExpense[]> {
  const keys = [key, ...keysInBooks(context, keyedOf(source))];
  const expenses = await context.books.listExpenses(vendorOf(source), date);
  return expenses.filter(({ notes }) => keys.some((one) => noteCarriesKey(notes, one)));
}

const VENDORS: Readonly<Record<string, string>> = { gocardless: 'GoCardless', paypal: 'PayPal' };

/** The provider as it stands in FreshBooks. */
function vendorOf({ provider }: Posting['source']): string {
  return VENDORS[provider] ?? provider;
}

function keyedOf(source: Posting['source']) {
  return { kind: 'fee', source, cycle: 1 };
}

/** Category and staff of the policy; one that was left out is the only one that fits. */
async function expenseAccounts({
  business,
  books,
}: FlowContext): Promise<{ categoryId: number; staffId: number }> {
  const { feeExpenseCategoryId, staffId } = business.policy.accounts;
  return {
    categoryId:
      feeExpenseCategoryId ??
      theOne(chooseFeeCategory(await books.listExpenseCategories()), 'feeExpenseCategoryId'),
    staffId: staffId ?? theOne(chooseStaff(await books.listStaff()), 'staffId'),
  };
}

function theOne(choice: ByName<{ id: number; name: string }>, field: string): number {
  if (choice.kind === 'one') return choice.chosen.id;
  const fitting = choice.fitting.map(({ id, name }) => `${id} (${name})`).join(', ');
  throw new ConnectorError({
    kind: 'rejected',
    provider: 'mlc',
    operation: 'createExpense',
    message: `set policy.accounts.${field}, apply, then replay: ${
      fitting === '' ? 'no one in FreshBooks fits by itself' : `these fit: ${fitting}`
    }`,
  });
}
