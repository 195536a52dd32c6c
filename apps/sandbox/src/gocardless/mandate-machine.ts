import type { Happening } from './events.ts';
import { addWorkingDays } from './calendar.ts';
import { SCHEMES, startingDay } from './schemes.ts';
import type { GcEvent, Mandate, MandateStatus } from './wire.ts';
import type { MandateLife, World } from './world.ts';

export type MandateAction =
  | 'customer_approval_granted'
  | 'customer_approval_skipped'
  | 'submitted'
  | 'active'
  | 'failed'
  | 'cancelled'
  | 'expired'
  | 'resubmission_requested'
  | 'reinstated'
  | 'replaced'
  | 'consumed'
  | 'blocked'
  | 'suspended_by_payer';

type Steps = Partial<Readonly<Record<MandateAction, MandateStatus>>>;

/** Ends that can meet any mandate still usable. */
const ENDS: Steps = {
  failed: 'failed',
  cancelled: 'cancelled',
  expired: 'expired',
  replaced: 'cancelled',
  blocked: 'blocked',
};

/** Where each action leads from each status (gocardless.md 2.3, 2.15). Replaced mandates show `cancelled`. */
export const MANDATE_STEPS: Readonly<Record<MandateStatus, Steps>> = {
  pending_customer_approval: {
    ...ENDS,
    customer_approval_granted: 'pending_submission',
    customer_approval_skipped: 'pending_submission',
  },
  pending_submission: { ...ENDS, submitted: 'submitted' },
  submitted: { ...ENDS, active: 'active', reinstated: 'active' },
  active: { ...ENDS, suspended_by_payer: 'suspended_by_payer', consumed: 'consumed' },
  suspended_by_payer: { ...ENDS, active: 'active' },
  cancelled: { resubmission_requested: 'pending_submission' },
  expired: { resubmission_requested: 'pending_submission' },
  failed: {},
  consumed: {},
  blocked: {},
};

type Why = Pick<Happening, 'origin' | 'cause' | 'metadata' | 'details'> & {
  readonly links?: Readonly<Record<string, string>>;
};

export function canStepMandate(mandate: Mandate, action: MandateAction): boolean {
  return MANDATE_STEPS[mandate.status][action] !== undefined;
}

/** Moves a mandate and writes the event. Throws when the table has no such step. */
export function stepMandate(world: World, mandate: Mandate, action: MandateAction, why: Why): GcEvent {
  const next = MANDATE_STEPS[mandate.status][action];
  if (next === undefined) throw new Error(`${mandate.id} is ${mandate.status}: ${action} cannot happen`);
  mandate.status = next;
  if (next === 'pending_submission') timetable(world, mandate);
  return tellMandate(world, mandate, action, why);
}

/** An event about a mandate that leaves its status alone (`created`, `transferred`). */
export function tellMandate(world: World, mandate: Mandate, action: string, why: Why): GcEvent {
  return world.events.record({
    resource: 'mandates',
    action,
    ...why,
    links: { mandate: mandate.id, ...why.links },
    resourceMetadata: mandate.metadata,
  });
}

/** When the clock submits and activates it; schemes that do so with the first payment have no dates. */
export function timetable(world: World, mandate: Mandate): void {
  const life = lifeOf(world, mandate);
  const { calendar, activatesWithFirstPayment } = SCHEMES[mandate.scheme];
  if (activatesWithFirstPayment && !life.isReinstating) return;
  life.submitOn = addWorkingDays(startingDay(mandate.scheme, world.clock.now()), 1, calendar);
  life.activateOn = addWorkingDays(life.submitOn, life.isReinstating ? 1 : 2, calendar);
}

export function lifeOf(world: World, mandate: Mandate): MandateLife {
  const life = world.mandateLives.get(mandate.id);
  if (life === undefined) throw new Error(`the sandbox has no timetable for ${mandate.id}`);
  return life;
}
