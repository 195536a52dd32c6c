import { type Check, runChecks } from '../doctor-checks.ts';
import { printDocument } from '../print.ts';
import type { Verb } from '../shell.ts';

const lineOf = ({ name, ok, detail }: Check) => `${ok ? 'ok  ' : 'FAIL'}  ${name}: ${detail}`;

/** `mlc doctor`: what works and what does not, each with what to do; exit status 1 when something does not. */
export const doctor: Verb = async (call) => {
  const checks = await runChecks(call);
  const ok = checks.every((check) => check.ok);
  await printDocument(call, { ok, checks }, checks.map(lineOf));
  return ok ? 0 : 1;
};
