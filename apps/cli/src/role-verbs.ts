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
  const webConsole = verb(
    tree,
    program.command('console'),
    'web console and Bull Board',
    async () => (await import('./verbs/console.ts')).console,
  );
  verb(
    tree,
    webConsole.command('setup-link'),
    'print a link that makes an admin of its holder, once: the first account, or the way back in',
    async () => (await import('./verbs/console-setup-link.ts')).consoleSetupLink,
  );
  verb(
    tree,
    program.command('sandbox'),
    'simulated providers on this machine',
    async () => (await import('./verbs/sandbox.ts')).sandbox,
  );
}
