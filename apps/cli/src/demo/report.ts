import type { Sandbox } from '@mlc/sandbox';
import Table from 'cli-table3';
import type { Outcome } from './check.ts';

/** What happened to each invoice, for people. */
export function storyTable(outcomes: readonly Outcome[]): string {
  const table = new Table({
    head: ['Invoice', 'Story', 'Amount', 'Debits', 'Payments', 'Outstanding', 'Asked', ''],
    colAligns: ['left', 'left', 'right', 'left', 'right', 'right', 'left', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const { played, debits, payments, outstanding, asked: kinds, wrong } of outcomes) {
    const { story, props } = played;
    const amount = `${story.currency} ${story.amount}`;
    const asked = kinds.join(', ');
    const mark = wrong.length === 0 ? '✓' : '✗';
    table.push([
      props.invoiceNumber,
      story.title,
      amount,
      debits.join(', '),
      payments,
      outstanding,
      asked,
      mark,
    ]);
  }
  return table.toString();
}

/** One line per fact about the month as a whole. */
export function summary(
  sandbox: Sandbox,
  facts: { events: number; duplicates: number; reversals: number; recovered: number },
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
    `${payments.length} debits at GoCardless; paid out: ${paidOut.join(', ')}`,
    `received by PayPal: ${received.join(', ')}`,
    `polling found what no webhook had told of: ${facts.recovered} lost`,
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
