import { type Command, InvalidArgumentError, Option } from 'commander';
import { isMonth, REPORT_FORMATS } from '@mlc/core';
import { group, type Tree, verb } from './verb-command.ts';

/** An option's value: a calendar month. */
function month(text: string): string {
  if (isMonth(text)) return text;
  throw new InvalidArgumentError('It must be a month such as 2026-10.');
}

const UNPROVEN = ['--unproven', 'without asking the providers for their own records'] as const;

function ofMonth(command: Command): Command {
  return command.requiredOption('--month <month>', 'the month, YYYY-MM', month);
}

/** What is opened at the end of a month: its report, and closing it. */
export function addMonthEnd(tree: Tree, program: Command): void {
  ofMonth(
    verb(
      tree,
      program.command('reconcile'),
      "a month's report: clearing accounts, invoices, postings, reviews, completeness",
      async () => (await import('./verbs/reconcile.ts')).reconcile,
    ),
  )
    .addOption(new Option('--format <format>', 'json (also --json), csv or hledger').choices(REPORT_FORMATS))
    .option('--out <file>', 'write it there instead of printing it')
    .option(...UNPROVEN);
  addPeriods(tree, group(program, 'period', 'closed months'));
}

function addPeriods(tree: Tree, period: Command): void {
  ofMonth(
    verb(
      tree,
      period.command('close'),
      'keep its report; later facts go into the first open month',
      async () => (await import('./verbs/period-close.ts')).periodClose,
    ),
  ).option(...UNPROVEN);
  ofMonth(
    verb(
      tree,
      period.command('reopen'),
      'for an admin: forget the report kept of it',
      async () => (await import('./verbs/period-reopen.ts')).periodReopen,
    ),
  )
    .requiredOption('--note <text>', 'why; kept in the audit log')
    .option('--admin-token <token>', 'the admin token (default: MLC_ADMIN_TOKEN)');
  verb(
    tree,
    period.command('list'),
    'all of them, by month',
    async () => (await import('./verbs/period-list.ts')).periodList,
  );
}
