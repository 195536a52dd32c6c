import type { Command } from 'commander';
import { group, seconds, type Tree, verb } from './verb-command.ts';

/** Where everything stands, and the lists with what can be done to a row. */
export function addViews(tree: Tree, program: Command): void {
  verb(
    tree,
    program.command('status'),
    'where everything stands',
    async () => (await import('./verbs/status.ts')).status,
  );
  verb(
    tree,
    program.command('drain'),
    'wait until nothing can run any more',
    async () => (await import('./verbs/drain.ts')).drainVerb,
  ).option('--timeout <seconds>', 'give up after this long', seconds, 30);
  const list = (name: string, description: string) => group(program, name, description).command('list');
  verb(
    tree,
    list('events', 'inbound events'),
    'all of them, oldest first',
    async () => (await import('./verbs/events-list.ts')).eventsList,
  );
  const collections = group(program, 'collections', 'debits');
  verb(
    tree,
    collections.command('list'),
    'all of them, oldest first',
    async () => (await import('./verbs/collections-list.ts')).collectionsList,
  );
  addCollectionSwitches(tree, collections);
  const postings = group(program, 'postings', 'entries in the books');
  verb(
    tree,
    postings.command('list'),
    'all of them, oldest first',
    async () => (await import('./verbs/postings-list.ts')).postingsList,
  );
  verb(
    tree,
    postings.command('reverse <key>'),
    'take one of ours back, in FreshBooks and in the ledger',
    async () => (await import('./verbs/postings-reverse.ts')).postingsReverse,
  ).requiredOption('--note <text>', 'why; kept in the books and the audit log');
  verb(
    tree,
    list('payouts', "transfers of a provider's holdings to the bank"),
    'all of them, oldest first',
    async () => (await import('./verbs/payouts-list.ts')).payoutsList,
  );
}

function addCollectionSwitches(tree: Tree, collections: Command): void {
  const load = () => import('./verbs/collections-switch.ts');
  const which = (command: Command): Command =>
    command
      .requiredOption('--note <text>', 'why; kept in the audit log')
      .option('--invoice <invoice>', 'its number, or its id in FreshBooks');
  which(
    verb(
      tree,
      collections.command('opt-out'),
      'never collect an invoice or a client',
      async () => (await load()).collectionsOptOut,
    ),
  ).option('--client <id>', 'the FreshBooks client');
  which(
    verb(
      tree,
      collections.command('opt-in'),
      'collect it again',
      async () => (await load()).collectionsOptIn,
    ),
  ).option('--client <id>', 'the FreshBooks client');
  which(
    verb(
      tree,
      collections.command('release'),
      'allow another debit after one that failed or was charged back',
      async () => (await load()).collectionsRelease,
    ),
  );
}
