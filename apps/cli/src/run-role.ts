import { setFlagsFromString } from 'node:v8';
import { runUntilSignal } from '@mlc/platform/lifecycle/run-until-signal';
import {
  openRuntime,
  type Running,
  type Runtime,
  type RuntimeOptions,
} from '@mlc/platform/lifecycle/runtime';
import type { Call } from './shell.ts';
import { configOf } from './stores.ts';

/** Starts the parts of a role, in order; each is handed to `add` as soon as it runs. */
export type StartRole = (runtime: Runtime, add: (part: Running) => void) => Promise<void>;

/** Runs a role until it is told to stop. What runs already is stopped again when a later part cannot start. */
export async function runRole(
  call: Call,
  role: string,
  start: StartRole,
  options: RuntimeOptions = {},
): Promise<number> {
  // Safe when many start at once, and a role on an old schema could only fail.
  const runtime = await openRuntime(configOf(call), role, { migrate: true, ...options });
  const parts: Running[] = [{ stop: () => runtime.close() }];
  try {
    await start(runtime, (part) => parts.push(part));
  } catch (error) {
    for (const part of parts.toReversed()) await part.stop().catch(() => undefined);
    throw error;
  }
  letYoungGenerationGrow();
  await runUntilSignal(parts, runtime.log);
  return 0;
}

/** From here on the work decides how much room what it allocates needs; bin/mlc.js kept it small while modules were loaded. */
function letYoungGenerationGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
