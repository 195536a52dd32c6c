import type { Body } from './body.ts';
import { badField } from './failures.ts';
import type { Row, VisState } from './rows.ts';

/** Which part of a PUT is carried out: the first that is present; the rest is thrown away (freshbooks.md 2.3). */
export type Phase = 'ext_vis_state' | 'vis_state' | 'action' | 'fields';

/** Finds the phase of a PUT's body. */
export function phaseOf(body: Body): Phase {
  if (body['ext_vis_state'] !== undefined) return 'ext_vis_state';
  if (body['vis_state'] !== undefined) return 'vis_state';
  const acts = Object.entries(body).some(([key, value]) => key.startsWith('action_') && value === true);
  return acts ? 'action' : 'fields';
}

/** Reads `vis_state`: 0, 1 or 2 as a number, else 422. */
export function visStateOf(object: string, value: unknown): VisState {
  if (value === 0 || value === 1 || value === 2) return value;
  throw badField({ object, field: 'vis_state', value, message: "The field 'vis_state' must be 0, 1 or 2." });
}

/** Sets the visibility; true when that deleted the object just now. */
export function setVisState(row: Row, visState: VisState, nowMs: number): boolean {
  const deletes = visState === 1 && row.visState !== 1;
  row.visState = visState;
  row.updatedMs = nowMs;
  return deletes;
}
