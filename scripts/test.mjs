// Runs Jest with what it needs for ES modules. Arguments are passed on: `npm test -- --selectProjects unit money`.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const { status } = spawnSync(
  process.execPath,
  [
    '--conditions=@mlc/source',
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(dirname(require.resolve('jest/package.json')), 'bin/jest.js'),
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', env: process.env },
);
process.exit(status ?? 1);
