import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What no file may say. */
const NOWHERE = [
  { selector: 'ExportDefaultDeclaration', message: 'name what you export' },
  {
    selector:
      "CallExpression[callee.object.name='jest'][callee.property.name=/^(mock|unstable_mockModule|doMock)$/]",
    message: 'pass the dependency in; modules are not mocked here',
  },
  {
    // The zone of the machine decides what these say.
    selector:
      'CallExpression[callee.property.name=/^([gs]et(Date|Day|FullYear|Hours|Minutes|Month|Seconds|Year)|getTimezoneOffset' +
      '|toDateString|toTimeString|toLocale(Date|Time)?String)$/], ' +
      "NewExpression[callee.name='Date'][arguments.length>1], " +
      "NewExpression[callee.property.name='DateTimeFormat']:not(:has(Property[key.name='timeZone']))",
    message: 'say the zone: dateIn(timezone, moment), the getUTC… methods, Date.UTC(…), timeZone',
  },
  {
    // A regular expression has no keys of its own, so every value matches it as a subset.
    selector:
      "CallExpression[callee.property.name='toMatchObject'] Property > Literal.value[regex], " +
      "CallExpression[callee.property.name='toMatchObject'] ArrayExpression > Literal[regex]",
    message: 'toMatchObject lets every value pass for a regular expression: say expect.stringMatching(…)',
  },
];

/** The same as Date.now(). */
const MACHINE_TIME = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'take a Clock',
};

/** Each rule below that is not a preset's has its reason beside it. */
export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      '**/node_modules/',
      'packages/platform/src/postgres/generated/',
      'apps/console-web/src/api/schema.d.ts',
      'coverage/',
    ],
  },
  eslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A new state or kind must be thought about everywhere.
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        {
          allowNumber: true,
          allowBoolean: false,
          allowAny: false,
          allowNullish: false,
          allowRegExp: false,
          allowNever: false,
        },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Overloaded test and promise signatures make this one noisy without finding bugs.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 15],
      'max-params': ['error', 4],
      // Log through the Log port, print through the command line's output.
      'no-console': 'error',
      // The environment is read once, in platform/config; time and chance come in through Clock and Random.
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'read configuration from packages/platform/src/config',
        },
        { object: 'Date', property: 'now', message: 'take a Clock' },
        { object: 'Math', property: 'random', message: 'take a Random' },
      ],
      'no-restricted-syntax': ['error', ...NOWHERE, MACHINE_TIME],
    },
  },
  {
    // Tests: long describe blocks are fine, and the harness reads the environment the test run sets up.
    files: ['**/*.test.ts', 'packages/testkit/**', 'tests/**', 'bench/**'],
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': ['error', ...NOWHERE],
      'no-restricted-imports': [
        'error',
        { name: 'fast-check', message: 'import fc from @mlc/testkit/property: the same cases in every run' },
      ],
    },
  },
  {
    // The one place each that may touch them.
    files: [
      'packages/platform/src/config/**',
      'packages/platform/src/clock/system.ts',
      'apps/sandbox/src/clock.ts',
    ],
    rules: { 'no-restricted-properties': 'off', 'no-restricted-syntax': ['error', ...NOWHERE] },
  },
  {
    // A browser has its own clock and nothing else; the client of FreshBooks falls back to the machine's when it is given none.
    files: ['apps/console-web/**', 'packages/connectors/src/freshbooks/client.ts'],
    rules: { 'no-restricted-syntax': ['error', ...NOWHERE] },
  },
  {
    // Longer than the others may be. None is to be added here.
    files: ['apps/console/src/api/schemas.ts', 'packages/flows/src/invoice-to-mandate/collect-invoice.ts'],
    rules: { 'max-lines': ['error', { max: 240, skipBlankLines: true, skipComments: true }] },
  },
  {
    // Tools that demand a default export.
    files: [
      'jest.config.ts',
      'prisma.config.ts',
      'apps/console-web/vite.config.ts',
      'packages/testkit/src/setup/global-*.ts',
    ],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['jest.config.ts', 'prisma.config.ts'],
    extends: [tseslint.configs.disableTypeChecked],
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        WebAssembly: 'readonly',
        module: 'writable',
      },
    },
  },
);
