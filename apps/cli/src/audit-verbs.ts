import type { Command } from 'commander';
import { count, group, type Tree, verb } from './verb-command.ts';

/** The append-only log. */
export function addAudit(tree: Tree, program: Command): void {
  const audit = group(program, 'audit', 'the append-only log');
  verb(
    tree,
    audit.command('list'),
    'entries in their order',
    async () => (await import('./verbs/audit-list.ts')).auditList,
  ).option('--limit <n>', 'only the newest', count);
  verb(
    tree,
    audit.command('verify'),
    'recompute the hash chains',
    async () => (await import('./verbs/audit-verify.ts')).auditVerify,
  );
}
