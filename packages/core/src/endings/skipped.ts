import type { FlowResult } from '../ports/flow.ts';
import type { EndingCode } from './endings.ts';

/** A run that ends without effect, for a reason of the closed table; `reason` says in one sentence what was found. */
export function skipped(
  because: EndingCode,
  reason: string,
): Extract<FlowResult, { readonly state: 'skipped' }> {
  return { state: 'skipped', because, reason, effects: [] };
}
