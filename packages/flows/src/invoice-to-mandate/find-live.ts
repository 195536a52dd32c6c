import {
  addDays,
  type Debit,
  type FlowContext,
  type Invoice,
  type Mandate,
  namingOfDebit,
  sameMoney,
  textsOf,
} from '@mlc/core';
import { debitMoney } from '../ledger/money-in.ts';
import { lookInTheBooks } from '../booking/in-the-books.ts';
import { namesAnother } from '../booking/find-invoices.ts';
import { debitSubject } from '../running/subjects.ts';
import { asksToRetry } from '../debits/track-debit.ts';
import type { LooseDebit, Standing } from './decide-live.ts';

/** A failed debit may still be retried this long after its charge date; one found before the invoice may be for it. */
const LOOK_BACK_DAYS = 45;
/** Money collected that long before the invoice was written was for something older. */
const EARLY_DAYS = 14;

/** From which charge date on debits can have to do with the invoice: the first of a month, YYYY-MM-DD. */
export function lookBackFrom(invoice: Pick<Invoice, 'createdDate' | 'dueDate'>, today: string): string {
  const [earliest = today] = [invoice.createdDate, invoice.dueDate ?? today, today].sort();
  return `${addDays(earliest, -LOOK_BACK_DAYS).slice(0, 7)}-01`;
}

/** The debits on these mandates charged on or after the day, one call per customer. */
export async function debitsOn(
  context: FlowContext,
  mandates: readonly Mandate[],
  chargedFrom: string,
): Promise<Debit[]> {
  const found: Debit[] = [];
  for (const customerId of new Set(mandates.map((mandate) => mandate.customerId))) {
    found.push(...(await context.debits.listCustomerDebits(customerId, chargedFrom)));
  }
  const ids = new Set(mandates.map((mandate) => mandate.id));
  return found.filter((debit) => ids.has(debit.mandateId));
}

/** Those of them that no invoice has and that may concern this one, with what they say of it. */
export async function looseDebits(
  context: FlowContext,
  invoice: Invoice,
  { debits, mandates }: { debits: readonly Debit[]; mandates: readonly Mandate[] },
): Promise<LooseDebit[]> {
  const found: LooseDebit[] = [];
  for (const debit of debits) {
    const said = { ...debit, metadata: { ...invoiceOf(mandates, debit), ...debit.metadata } };
    const naming = namingOfDebit(said, invoice, context.books.accountId);
    const fits = sameMoney(debit.amount, invoice.outstanding);
    const concerns = naming !== 'nothing' || fits;
    if (naming === 'another' || !concerns || (await isTaken(context, debit))) continue;
    const standing = await standingOf(context, debit, invoice);
    // One that will be linked is looked for when it is booked, and is then followed where it stands.
    const mayStand = standing.startsWith('collected') && !(naming === 'this' && fits);
    if (mayStand && (await standsInBooks(context, debit, invoice))) continue;
    const speaksOfAnother = (naming === 'nothing' || naming === 'perhaps') && standing !== 'ended';
    if (speaksOfAnother && (await isElsewhere(context, debit, invoice))) continue;
    found.push({ debit, naming, standing });
  }
  return found;
}

/** A mandate may be made for one invoice; what its debits say themselves counts first. */
function invoiceOf(mandates: readonly Mandate[], { mandateId }: Debit): Record<string, string> {
  const metadata = mandates.find(({ id }) => id === mandateId)?.metadata ?? {};
  const keys = ['freshbooks_account_id', 'freshbooks_invoice_id'];
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => keys.includes(key)));
}

/** An invoice has it: it is followed, or in the books. */
async function isTaken(context: FlowContext, { id }: Debit): Promise<boolean> {
  const { collections, postings } = context.store;
  if ((await collections.byPayment(id)) !== null) return true;
  return (await postings.ofSource('gocardless', id)).length > 0;
}

/** Somebody entered it by hand, or an installation did whose store was lost: its money is where it belongs. */
async function standsInBooks(context: FlowContext, debit: Debit, invoice: Invoice): Promise<boolean> {
  const around = { invoices: [invoice], clientIds: [invoice.clientId] };
  const standing = await lookInTheBooks(context, { money: debitMoney(debit), cycle: 1 }, around);
  return standing.kind === 'ours' || standing.kind === 'theirs';
}

async function standingOf(context: FlowContext, debit: Debit, invoice: Invoice): Promise<Standing> {
  switch (debit.status) {
    case 'confirmed':
    case 'paid_out': {
      const chargedOn = debit.chargeDate ?? debit.createdAt.slice(0, 10);
      return chargedOn >= addDays(invoice.createdDate, -EARLY_DAYS) ? 'collected' : 'collected-long-ago';
    }
    case 'failed':
      return (await asksToRetry(context, debit)) ? 'running' : 'ended';
    case 'cancelled':
    case 'customer_approval_denied':
    case 'charged_back':
      return 'ended';
    case 'pending_customer_approval':
    case 'pending_submission':
    case 'submitted':
    // A status that is new at GoCardless may take money.
    // eslint-disable-next-line no-fallthrough
    default:
      return 'running';
  }
}

/** True when it names another invoice, or a person said that it is for none. */
async function isElsewhere(context: FlowContext, debit: Debit, invoice: Invoice): Promise<boolean> {
  if (await namesAnother(context, textsOf(debit), invoice.id)) return true;
  const said = await context.store.reviews.lastAnswer('unmatched_payment', debitSubject(debit.id));
  const action = said?.resolution?.action;
  return action === 'ignore' || action === 'done';
}
