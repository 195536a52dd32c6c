import type { Command } from 'commander';
import { group, type Tree, verb } from './verb-command.ts';

/** Whose money it is: the businesses, and who their payers are. */
export function addBusinesses(tree: Tree, program: Command): void {
  const business = group(program, 'business', 'the businesses, each with its own books');
  verb(
    tree,
    business.command('list'),
    'all of them with their connections',
    async () => (await import('./verbs/business-list.ts')).businessList,
  );
  verb(
    tree,
    business.command('rename <old> <new>'),
    'give one another short name; all else stays',
    async () => (await import('./verbs/business-rename.ts')).businessRename,
  );
  const clients = group(program, 'clients', 'who the clients are at GoCardless');
  verb(
    tree,
    clients.command('link'),
    'say which GoCardless customer a FreshBooks client is',
    async () => (await import('./verbs/clients-link.ts')).clientsLink,
  )
    .requiredOption('--client <id>', 'the FreshBooks client')
    .requiredOption('--customer <id>', 'the GoCardless customer');
}
