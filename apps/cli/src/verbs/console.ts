import { type ConsoleOptions, startConsole } from '@mlc/console';
import type { Running, Runtime } from '@mlc/platform/lifecycle/runtime';
import { runRole } from '../run-role.ts';
import type { Shell, Verb } from '../shell.ts';

/** Starts the console and shows its token when it was made just now; shared with `mlc start`. */
export async function addConsole(
  runtime: Runtime,
  add: (part: Running) => void,
  shell: Shell,
  options: ConsoleOptions = {},
): Promise<void> {
  const running = await startConsole(runtime, options);
  add(running);
  const { token, created, path } = running.adminToken;
  const { consoleUrl } = runtime.config;
  if (created)
    shell.err(
      `\nConsole: ${consoleUrl}\nAdmin token (shown once, kept in ${path ?? ''}): ${token}\n` +
        'In the browser: any user name, the token as password.\n\n',
    );
}

/** `mlc console`: web console and Bull Board. */
export const console: Verb = (call) =>
  runRole(call, 'console', (runtime, add) => addConsole(runtime, add, call.shell));
