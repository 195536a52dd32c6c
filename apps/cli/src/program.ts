import { Command } from 'commander';
import { addAudit } from './audit-verbs.ts';
import { addBusinesses } from './business-verbs.ts';
import { addForecast } from './forecast-verb.ts';
import { addMonthEnd } from './month-end-verbs.ts';
import { addQuestions } from './question-verbs.ts';
import { addRoles } from './role-verbs.ts';
import { addSetUp } from './set-up-verbs.ts';
import type { Shell } from './shell.ts';
import type { Report } from './verb-command.ts';
import { addViews } from './view-verbs.ts';

/** The whole command line. Wrong usage throws CommanderError after its message went to stderr. */
export function buildProgram(shell: Shell, report: Report): Command {
  const program = new Command('mlc')
    .description('ml-connector: FreshBooks invoices, GoCardless debits, PayPal payments, one set of books')
    .exitOverride()
    .showHelpAfterError('(--help shows what there is)')
    .showSuggestionAfterError()
    .configureOutput({ writeOut: (text) => void shell.out(text), writeErr: shell.err });
  const tree = { shell, report };
  addRoles(tree, program);
  addSetUp(tree, program);
  addBusinesses(tree, program);
  addViews(tree, program);
  addForecast(tree, program);
  addQuestions(tree, program);
  addMonthEnd(tree, program);
  addAudit(tree, program);
  program.addHelpText(
    'after',
    '\nExit status: 0 done, 1 the answer is no or the work failed, 2 wrong usage.',
  );
  return program;
}
