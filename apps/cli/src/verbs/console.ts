import { type ConsoleOptions, startConsole } from '@mlc/console';
import type { Running, Runtime } from '@mlc/platform/lifecycle/runtime';
import { runRole } from '../run-role.ts';
import type { Shell, Verb } from '../shell.ts';

/** Starts the console and shows what was made just now, its token and the first way in; shared with `mlc start`. */
export async function addConsole(
  runtime: Runtime,
  add: (part: Running) => void,
  shell: Shell,
  options: ConsoleOptions = {},
): Promise<void> {
  const running = await startConsole(runtime, options);
  add(running);
  const { token, created, path } = running.adminToken;
  if (created)
    shell.err(
      `\nConsole: ${runtime.config.consoleUrl}\nAdmin token for scripts (shown once, kept in ${path ?? ''}): ${token}\n`,
    );
  if (running.setUpUrl !== null)
    shell.err(
      `\nMake the first account (this link works once; mlc console setup-link prints a new one):\n${running.setUpUrl}\n\n`,
    );
}

/** `mlc console`: web console and Bull Board. */
export const console: Verb = (call) =>
  runRole(call, 'console', (runtime, add) => addConsole(runtime, add, call.shell));
