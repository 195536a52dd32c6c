import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Field 22 of /proc/<pid>/stat (proc(5)); field 2 may contain blanks and brackets, so counting starts behind it. */
const FIELDS_AFTER_NAME = 19;

/**
 * When the process started, as opaque text, or null when there is none. Number and start together name a process for
 * good: numbers alone are given out again, in containers within seconds.
 */
export async function startOfProcess(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
    if (stat === null) return null;
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[FIELDS_AFTER_NAME] ?? null);
  }
  const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim() === '' ? null : stdout.trim();
}

/** The command line of the process, or '' when it cannot be read. */
export async function commandOfProcess(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout;
}
