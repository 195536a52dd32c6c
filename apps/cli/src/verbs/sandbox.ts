import { createLog } from '@mlc/platform/logging/create-log';
import { runUntilSignal } from '@mlc/platform/lifecycle/run-until-signal';
import { startSandbox } from '@mlc/sandbox';
import type { Verb } from '../shell.ts';
import { configOf } from '../stores.ts';

/** `mlc sandbox`: the simulated providers. */
export const sandbox: Verb = async (call) => {
  const { ports, listenHost, log: logSettings } = configOf(call);
  const log = createLog(logSettings, { base: { role: 'sandbox' } });
  const running = await startSandbox({
    freshbooksPort: ports.sandbox.freshbooks,
    gocardlessPort: ports.sandbox.gocardless,
    paypalPort: ports.sandbox.paypal,
    host: listenHost,
  });
  log.info('sandbox listening', running.urls);
  await runUntilSignal([{ stop: () => running.close() }], log);
  return 0;
};
