import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Tree, verb } from './verb-command.ts';

/** An option's value: a calendar date. */
function day(text: string): string {
  const read = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  if (read !== null && !Number.isNaN(read.getTime()) && read.toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError('It must be a date such as 2026-10-31.');
}

/** Money expected and money that arrived. */
export function addForecast(tree: Tree, program: Command): void {
  verb(
    tree,
    program.command('forecast'),
    'money expected at the bank and money that arrived, by day and currency',
    async () => (await import('./verbs/forecast.ts')).forecast,
  )
    .option('--from <date>', 'first day (default: 30 days ago)', day)
    .option('--to <date>', 'last day (default: in 60 days)', day)
    .option('--accuracy', 'instead: each debit expected on these days, and when it came')
    .addOption(new Option('--format <format>', 'json (also --json) or csv').choices(['json', 'csv']));
}
