/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const transform: Config['transform'] = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
      module: { type: 'es6' },
      sourceMaps: 'inline',
    },
  ],
};

const shared: Config = {
  transform,
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@mlc/source', 'node', 'node-addons'] },
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
};

const stores: Config = {
  globalSetup: '<rootDir>/packages/testkit/src/setup/global-setup.ts',
  globalTeardown: '<rootDir>/packages/testkit/src/setup/global-teardown.ts',
};

/** unit: no I/O · integration: real Postgres, Redis, HTTP beside the adapters · e2e: all processes together. */
const config: Config = {
  maxWorkers: 2,
  // ES modules of a test file are never let go by Node's vm: after a hundred files a worker holds 3 GB and mostly collects
  // garbage. A new one in time halves the run.
  workerIdleMemoryLimit: '700MB',
  // Real stores, processes and browsers on a busy machine: waiting is on conditions, this only ends what hangs.
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{packages,apps}/*/src/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.integration\\.test\\.ts$'],
    },
    {
      ...shared,
      ...stores,
      displayName: 'integration',
      testMatch: ['<rootDir>/{packages,apps}/*/src/**/*.integration.test.ts'],
    },
    { ...shared, ...stores, displayName: 'e2e', testMatch: ['<rootDir>/tests/e2e/**/*.test.ts'] },
  ],
};

export default config;
