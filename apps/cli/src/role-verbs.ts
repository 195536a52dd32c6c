import type { Command } from 'commander';
import { flows, type Tree, verb } from './verb-command.ts';

/** The processes of the house. */
export function addRoles(tree: Tree, program: Command): void {
  verb(
    tree,
    program.command('start'),
    'all roles in one process',
    async () => (await import('./verbs/start.ts')).start,
  );
  verb(
    tree,
    program.command('ingress'),
    'webhooks in',
    async () => (await import('./verbs/ingress.ts')).ingress,
  );
  verb(
    tree,
    program.command('worker'),
    'run flows',
    async () => (await import('./verbs/worker.ts')).worker,
  ).option('--flows <names>', 'only these flows, comma-separated (default: all)', flows);
  verb(
    tree,
    program.command('console'),
    'web console and Bull Board',
    async () => (await import('./verbs/console.ts')).console,
  );
  verb(
    tree,
    program.command('sandbox'),
    'simulated providers on this machine',
    async () => (await import('./verbs/sandbox.ts')).sandbox,
  );
}
