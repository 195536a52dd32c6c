import { type Command, Option } from 'commander';
import { group, type Tree, verb } from './verb-command.ts';

/** What waits for a person. */
export function addQuestions(tree: Tree, program: Command): void {
  const reviews = group(program, 'reviews', 'questions for a person');
  verb(
    tree,
    reviews.command('list'),
    'all of them, oldest first',
    async () => (await import('./verbs/reviews-list.ts')).reviewsList,
  ).addOption(new Option('--state <state>', 'only these').choices(['open', 'resolved']));
  verb(
    tree,
    reviews.command('resolve <id>'),
    'answer one',
    async () => (await import('./verbs/reviews-resolve.ts')).reviewsResolve,
  )
    .addOption(
      new Option('--action <action>', 'what to do')
        .choices(['match', 'ignore', 'retry', 'done'])
        .makeOptionMandatory(),
    )
    .requiredOption('--note <text>', 'why; kept in the audit log')
    .option('--invoice <number>', 'with match: the FreshBooks invoice, by number or id')
    .option('--customer <id>', 'with match on ambiguous_customer or no_mandate: the GoCardless customer');
  const letters = group(program, 'dead-letters', 'permanent failures');
  verb(
    tree,
    letters.command('list'),
    'those not replayed yet, oldest first',
    async () => (await import('./verbs/dead-letters-list.ts')).deadLettersList,
  );
  verb(
    tree,
    letters.command('show <id>'),
    'one with the call that failed',
    async () => (await import('./verbs/dead-letters-show.ts')).deadLettersShow,
  );
  verb(
    tree,
    letters.command('replay [id]'),
    'run again with the same keys',
    async () => (await import('./verbs/dead-letters-replay.ts')).deadLettersReplay,
  ).option('--all', 'all of them');
}
