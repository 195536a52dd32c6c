import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const LOCK = join(ROOT, 'node_modules/.cache/mlc-e2e-build.lock');
const BUILD_MS_MAX = 180_000;

/** The bin that `npx mlc` runs; it needs `dist`. */
export const BIN = join(ROOT, 'apps/cli/bin/mlc.js');

/** Builds what the bin runs unless that is newer than every source. Test files that start together build once. */
export async function ensureBuilt(): Promise<void> {
  if (isFresh()) return;
  mkdirSync(dirname(LOCK), { recursive: true });
  await until('the build lock is free', () => takeLock(), BUILD_MS_MAX);
  try {
    if (!isFresh()) build();
  } finally {
    rmdirSync(LOCK);
  }
}

/** True when the lock is ours now; one that somebody left behind is taken away. */
function takeLock(): boolean {
  const heldSince = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs;
  if (heldSince !== undefined && Date.now() - heldSince > BUILD_MS_MAX) rmdirSync(LOCK);
  mkdirSync(LOCK);
  return true;
}

function build(): void {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-b', 'apps/cli'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`mlc cannot be built for these tests:\n${stdout}`);
}

function isFresh(): boolean {
  return ['packages', 'apps'].every((folder) =>
    readdirSync(join(ROOT, folder)).every((name) => isProjectFresh(join(ROOT, folder, name))),
  );
}

function isProjectFresh(project: string): boolean {
  const source = join(project, 'src');
  const record = statSync(join(project, 'dist/.tsbuildinfo'), { throwIfNoEntry: false });
  if (!existsSync(source) || project.endsWith('testkit')) return true;
  return record !== undefined && newestIn(source) <= record.mtimeMs;
}

function newestIn(folder: string): number {
  const times = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs);
  return Math.max(0, ...times);
}
