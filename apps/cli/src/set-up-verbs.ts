import { type Command, Option } from 'commander';
import { group, type Tree, verb } from './verb-command.ts';

/** Bringing a business in, and looking whether everything it needs is there. */
export function addSetUp(tree: Tree, program: Command): void {
  verb(
    tree,
    program.command('migrate'),
    'bring the database schema up to date',
    async () => (await import('./verbs/migrate.ts')).migrateVerb,
  );
  verb(
    tree,
    program.command('apply'),
    'create or update a business from a file',
    async () => (await import('./verbs/apply.ts')).apply,
  ).requiredOption('-f, --file <file>', 'the business file (JSON); - reads stdin');
  const webhooks = group(program, 'webhooks', 'webhook endpoints at the providers');
  verb(
    tree,
    webhooks.command('register'),
    "create the providers' webhooks and store their secrets",
    async () => (await import('./verbs/webhooks-register.ts')).webhooksRegister,
  );
  verb(
    tree,
    program.command('config'),
    'effective settings',
    async () => (await import('./verbs/config.ts')).config,
  );
  verb(
    tree,
    program.command('doctor'),
    'check the environment',
    async () => (await import('./verbs/doctor.ts')).doctor,
  );
  verb(
    tree,
    program.command('ping'),
    'one harmless live call per connection',
    async () => (await import('./verbs/ping.ts')).ping,
  );
  verb(
    tree,
    program.command('poll'),
    'look at the providers now for what no webhook told of',
    async () => (await import('./verbs/poll.ts')).poll,
  ).addOption(
    new Option('--provider <name>', 'only this one').choices(['freshbooks', 'gocardless', 'paypal']),
  );
  verb(
    tree,
    program.command('preview'),
    'go-live dry run: what would be collected, and what stands in the way',
    async () => (await import('./verbs/preview.ts')).preview,
  );
  addModes(tree, program);
  const keys = group(program, 'keys', 'master keys of the vault');
  verb(
    tree,
    keys.command('rotate'),
    're-encrypt the vault under the first key of MLC_VAULT_KEYS',
    async () => (await import('./verbs/keys-rotate.ts')).keysRotate,
  );
}

/** Whether a business writes at its providers. */
function addModes(tree: Tree, program: Command): void {
  verb(
    tree,
    program.command('go-live'),
    'let a business write at its providers, and run what waits for that',
    async () => (await import('./verbs/go-live.ts')).goLive,
  ).option('--yes', 'do not ask: for scripts');
  verb(
    tree,
    program.command('observe'),
    'pause a business: decide and show everything, write nothing at a provider',
    async () => (await import('./verbs/go-live.ts')).observe,
  );
}
