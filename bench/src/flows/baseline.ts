import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** This checkout. */
export const HERE = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * A build of another commit in a folder of its own under the system's temporary one, made once and kept. Returns its path.
 */
export async function buildOf(commit: string): Promise<string> {
  const { stdout } = await run('git', ['rev-parse', '--verify', `${commit}^{commit}`], { cwd: HERE });
  const id = stdout.trim();
  const folder = join(tmpdir(), `mlc-bench-${id.slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  const making = await mkdtemp(join(tmpdir(), 'mlc-bench-build-'));
  await run('sh', ['-c', 'git archive "$1" | tar -x -C "$2"', 'sh', id, making], { cwd: HERE });
  if (await hasSamePackages(id)) await linkPackages(making);
  else await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: making });
  await run('npm', ['run', 'generate'], { cwd: making });
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'apps/cli'], { cwd: making });
  try {
    await rename(making, folder);
  } catch (error) {
    // Another run of the bench was quicker.
    await rm(making, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

async function hasSamePackages(commit: string): Promise<boolean> {
  return run('git', ['diff', '--quiet', commit, '--', 'package-lock.json'], { cwd: HERE }).then(
    () => true,
    () => false,
  );
}

/** What npm installed here, beside the other commit's own packages. */
async function linkPackages(making: string): Promise<void> {
  const modules = join(making, 'node_modules');
  await mkdir(join(modules, '@mlc'), { recursive: true });
  for (const name of await readdir(join(HERE, 'node_modules')))
    if (name !== '@mlc' && name !== '.cache')
      await symlink(join(HERE, 'node_modules', name), join(modules, name));
  for (const group of ['packages', 'apps'])
    for (const name of await readdir(join(making, group)))
      await symlink(join('..', '..', group, name), join(modules, '@mlc', name));
}
