import type { Sandbox } from '@mlc/sandbox';
import { tableText } from '../print.ts';
import type { Outcome } from './check.ts';

/** What happened to each invoice, for people. */
export function storyTable(outcomes: readonly Outcome[]): Promise<string> {
  return tableText(outcomes, [
    { title: 'invoice', of: ({ played }) => played.props.invoiceNumber },
    { title: 'story', of: ({ played }) => played.story.title },
    { title: 'amount', of: ({ played: { story } }) => `${story.currency} ${story.amount}`, align: 'right' },
    { title: 'debits', of: ({ debits }) => debits.join(', ') },
    { title: 'booked', of: ({ payments }) => `${payments}x`, align: 'right' },
    { title: 'open', of: ({ outstanding }) => outstanding, align: 'right' },
    {
      title: 'asked',
      of: ({ asked: [first = '', ...more] }) => (more.length > 0 ? `${first} +${more.length}` : first),
    },
    { title: '', of: ({ wrong }) => (wrong.length === 0 ? '✓' : '✗') },
  ]);
}

/** One line per fact about the month as a whole. */
export function summary(
  sandbox: Sandbox,
  facts: { events: number; duplicates: number; reversals: number; recovered: number; found: number },
): string[] {
  const { payments, totals } = sandbox.gocardless.books();
  const log = [sandbox.freshbooks, sandbox.gocardless, sandbox.paypal].flatMap(
    ({ deliveries }) => deliveries.log,
  );
  const attempts = log.reduce((sum, record) => sum + record.attempts.length, 0);
  const paidOut = Object.entries(totals).map(
    ([currency, sums]) => `${currency} ${(sums.paidOut / 100).toFixed(2)}`,
  );
  const received = Object.entries(sandbox.paypal.books().totals).map(
    ([currency, sums]) => `${currency} ${sums.received}`,
  );
  return [
    `${log.length} webhooks in ${attempts} deliveries, shuffled; ${facts.events} events stored, ${facts.duplicates} duplicates refused`,
    `${payments.length} debits at GoCardless; of those paid out, gross: ${paidOut.join(', ')}`,
    `received by PayPal: ${received.join(', ')}`,
    `polling found ${facts.recovered} changes whose webhook was lost, and ${facts.found} PayPal movements that no webhook ever tells of`,
    `${facts.reversals} payments taken back out of the books`,
  ];
}

/** What is not as it should be; empty when the books are right. */
export function complaints(outcomes: readonly Outcome[], stray: readonly string[]): string[] {
  const wrong = outcomes.flatMap(({ played, wrong: differences }) =>
    differences.map(
      (difference) => `invoice ${played.props.invoiceNumber} (${played.story.title}): ${difference}`,
    ),
  );
  return [...wrong, ...stray];
}
