import { openDesk } from '@mlc/console';
import { makeLink } from '@mlc/platform/accounts/entry-links';
import { openRuntime } from '@mlc/platform/lifecycle/runtime';
import { printDocument } from '../print.ts';
import { quietLog } from '../quiet-log.ts';
import type { Verb } from '../shell.ts';
import { configOf } from '../stores.ts';

const CONNECTIONS = 2;

/** `mlc console setup-link`: who can run it runs the deployment, and may make an admin. Older links stop working. */
export const consoleSetupLink: Verb = async (call) => {
  const runtime = await openRuntime(configOf(call), 'cli', { maxConnections: CONNECTIONS, log: quietLog });
  try {
    const { token, expiresAt } = await makeLink(openDesk(runtime), { kind: 'set-up', by: 'cli' });
    const url = `${runtime.config.consoleUrl}/setup?token=${token}`;
    await printDocument(call, { url, expiresAt: expiresAt.toISOString() }, [
      url,
      'Works once, for 30 minutes after it is opened. Its holder becomes an admin of everything.',
    ]);
    return 0;
  } finally {
    await runtime.close();
  }
};
