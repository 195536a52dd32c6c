import { Command, Option } from 'commander';
import { addForecast } from './forecast-verb.ts';
import { addMonthEnd } from './month-end-verbs.ts';
import type { Shell } from './shell.ts';
import { count, flows, group, type Report, seconds, type Tree, verb } from './verb-command.ts';

function addRoles(tree: Tree, program: Command): void {
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

function addSetUp(tree: Tree, program: Command): void {
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
  const keys = group(program, 'keys', 'master keys of the vault');
  verb(
    tree,
    keys.command('rotate'),
    're-encrypt the vault under the first key of MLC_VAULT_KEYS',
    async () => (await import('./verbs/keys-rotate.ts')).keysRotate,
  );
}

function addCollectionSwitches(tree: Tree, collections: Command): void {
  const load = () => import('./verbs/collections-switch.ts');
  const which = (command: Command): Command =>
    command
      .requiredOption('--note <text>', 'why; kept in the audit log')
      .option('--invoice <id>', 'the FreshBooks invoice');
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

function addViews(tree: Tree, program: Command): void {
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

function addQuestions(tree: Tree, program: Command): void {
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
    .option('--invoice <id>', 'with match: the FreshBooks invoice')
    .option('--customer <id>', 'with match on ambiguous_customer: the GoCardless customer');
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

function addAudit(tree: Tree, program: Command): void {
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
