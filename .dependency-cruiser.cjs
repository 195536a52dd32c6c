/** Who may import whom (docs/ARCHITECTURE.md). Each rule carries its reason. */
const inFolder = (name) => `^${name}/`;
const notTests = '\\.test\\.ts$';

/** The folders of platform, each standing on those before it. */
const PLATFORM = [
  ...[
    'clock',
    'files',
    'config',
    'logging',
    'postgres',
    'locks',
    'inbox',
    'audit',
    'store',
    'vault',
    'accounts',
  ],
  ...['http', 'connections', 'answers', 'set-up', 'views', 'month', 'poll', 'queue', 'metrics'],
  ...['mail', 'embedded', 'lifecycle'],
];
const platformFolder = (names) => `^packages/platform/src/(${names.join('|')})/`;
const platformInOrder = PLATFORM.slice(0, -1).map((name, index) => ({
  name: `platform-in-order-${name}`,
  comment: 'subjects that import each other in a circle cannot be read one after the other.',
  severity: 'error',
  from: { path: platformFolder([name]), pathNot: notTests },
  to: { path: platformFolder(PLATFORM.slice(index + 1)) },
}));
/** The folders of flows: what a run has, what flows share, the flows themselves, and who looks at them from outside. */
const FLOWS = [
  'invoice-to-mandate',
  'payment-to-freshbooks',
  'payout-to-cashflow',
  'paypal-capture-to-freshbooks',
];
const FLOW_FOLDERS = ['running', 'asking', 'ledger', 'booking', 'debits', ...FLOWS, 'by-person', 'preview'];
const flowFolder = (names) => `^packages/flows/src/(${names.join('|')})/`;
const flowsInOrder = FLOW_FOLDERS.slice(0, -1).map((name, index) => ({
  name: `flows-in-order-${name}`,
  comment: 'what flows share knows no flow, and each of its subjects stands on those before it.',
  severity: 'error',
  from: { path: flowFolder([name]), pathNot: notTests },
  to: { path: flowFolder(FLOW_FOLDERS.slice(index + 1)) },
}));
const WITHOUT_SQL = ['clock', 'files', 'config', 'logging', 'http', 'metrics', 'mail', 'lifecycle'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'core-imports-nothing',
      comment: 'core is the language of the product: no npm, no node:, no other package.',
      severity: 'error',
      from: { path: inFolder('packages/core'), pathNot: notTests },
      to: { pathNot: inFolder('packages/core') },
    },
    {
      name: 'siblings-do-not-meet',
      comment: 'flows, connectors and platform are siblings: apps put them together.',
      severity: 'error',
      from: { path: '^packages/(flows|connectors|platform)/', pathNot: notTests },
      to: { path: '^packages/(flows|connectors|platform|testkit)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'connector-folders-do-not-meet',
      comment: 'a provider is one folder; what two of them share lives in core or in connectors/src/shared.',
      severity: 'error',
      from: { path: '^packages/connectors/src/(freshbooks|gocardless|paypal)/', pathNot: notTests },
      to: {
        path: '^packages/connectors/src/(freshbooks|gocardless|paypal)/',
        pathNot: '^packages/connectors/src/$1/',
      },
    },
    {
      name: 'flow-folders-do-not-meet',
      comment: 'a flow is one folder; what two of them share lives in core or in a folder before them.',
      severity: 'error',
      from: { path: flowFolder(FLOWS), pathNot: notTests },
      to: { path: flowFolder(FLOWS), pathNot: '^packages/flows/src/$1/' },
    },
    {
      name: 'no-package-imports-an-app',
      comment: 'apps compose; nothing depends on them.',
      severity: 'error',
      from: { path: inFolder('packages'), pathNot: notTests },
      to: { path: inFolder('apps') },
    },
    {
      name: 'sandbox-is-an-independent-reading',
      comment:
        "the sandbox reads the providers' documentation a second time: sharing code would share mistakes.",
      severity: 'error',
      from: { path: inFolder('apps/sandbox'), pathNot: notTests },
      to: { path: '^(packages|apps/(?!sandbox))/' },
    },
    {
      name: 'browser-knows-core-only',
      comment: 'what a browser runs has no database and no secrets: it knows the language and the API.',
      severity: 'error',
      from: { path: inFolder('apps/console-web'), pathNot: notTests },
      to: { path: '^(packages/(?!core)|apps/(?!console-web))' },
    },
    {
      name: 'queue-engine-in-one-place',
      comment: 'bullmq and ioredis are details of platform/queue and of the board in the console.',
      severity: 'error',
      from: {
        path: '^(packages|apps)/',
        pathNot: `^(packages/platform/src/queue|apps/console/src/board)|^packages/testkit/|${notTests}`,
      },
      to: { path: 'node_modules/(bullmq|ioredis)/' },
    },
    {
      name: 'http-engine-in-one-place',
      comment: 'axios and axios-retry are details of platform/http.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: `^packages/platform/src/http|${notTests}` },
      to: { path: 'node_modules/(axios|axios-retry)/' },
    },
    {
      name: 'database-engine-in-one-place',
      comment: 'Prisma and pg are details of the folders of platform that hold SQL.',
      severity: 'error',
      from: {
        path: '^(packages|apps)/',
        pathNot: `${platformFolder(PLATFORM.filter((name) => !WITHOUT_SQL.includes(name)))}|^packages/testkit/|${notTests}`,
      },
      to: { path: 'node_modules/(pg|@prisma)/|packages/platform/src/postgres/generated' },
    },
    {
      name: 'connections-in-one-place',
      comment:
        'postgres/postgres.ts puts every session in UTC: a connection made elsewhere means other moments.',
      severity: 'error',
      from: {
        path: '^(packages|apps)/',
        pathNot: `^packages/platform/src/postgres/postgres\\.ts$|^packages/testkit/|${notTests}`,
      },
      to: { path: 'node_modules/pg(-pool)?/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'prisma-on-our-pool',
      comment:
        "Prisma's adapter opens a pool of its own unless it is given one; postgres/database.ts gives it ours.",
      severity: 'error',
      from: {
        path: '^(packages|apps)/',
        pathNot: `^packages/platform/src/postgres/database\\.ts$|${notTests}`,
      },
      to: { path: 'node_modules/@prisma/adapter-pg/' },
    },
    ...platformInOrder,
    ...flowsInOrder,
    {
      name: 'no-circles',
      comment: 'a circle has no beginning to read from.',
      severity: 'error',
      from: { pathNot: 'postgres/generated' },
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'dead code.',
      severity: 'error',
      from: { orphan: true, pathNot: '(\\.d\\.ts|\\.test\\.ts|index\\.ts|\\.cjs)$' },
      to: {},
    },
    {
      name: 'declared-dependencies',
      comment: 'hoisting lets undeclared imports through; a package names what it uses.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: notTests },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      conditionNames: ['@mlc/source', 'import', 'require', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
