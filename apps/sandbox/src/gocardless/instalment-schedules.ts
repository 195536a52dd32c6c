import { Fields } from './fields.ts';
import { readInstalments } from './instalments.ts';
import type { Instalment } from './instalments.ts';
import { addPayment } from './payments.ts';
import { canStep, stepPayment } from './payment-machine.ts';
import { checkPayment, mandateForPayment } from './payment-rules.ts';
import { Refusal, invalidState } from './refusal.ts';
import { metadataOf } from './resource.ts';
import type { Call, Resource } from './resource.ts';
import type { GcEvent, InstalmentSchedule, Mandate, Metadata } from './wire.ts';
import type { World } from './world.ts';

const NAME_MAX = 100;

/** instalment_schedules: answered `pending`, decided a moment later (gocardless.md 2.8). */
export const instalmentSchedules: Resource<InstalmentSchedule> = {
  plural: 'instalment_schedules',
  find: (world, id) => world.instalmentSchedules.get(id),
  listing: (world) => ({
    rows: () => world.instalmentSchedules.all(),
    ranges: ['created_at'],
    filters: {
      customer: (schedule, id) => schedule.links.customer === id,
      mandate: (schedule, id) => schedule.links.mandate === id,
      status: (schedule, statuses) => statuses.split(',').includes(schedule.status),
    },
  }),
  create: createSchedule,
  // The official node client posts here; other clients and the documentation to the plural.
  createPaths: ['create_with_dates', 'create_with_schedule'],
  update: ({ body }, schedule) => {
    const fields = new Fields(body, '/instalment_schedules');
    const metadata = fields.metadata();
    fields.check();
    schedule.metadata = metadata;
  },
  actions: { cancel },
};

function createSchedule({ world, body }: Call): InstalmentSchedule {
  const fields = new Fields(body, '/instalment_schedules');
  const name = fields.requiredText('name');
  const currency = fields.requiredText('currency');
  const total = fields.requiredInteger('total_amount');
  const metadata = fields.metadata();
  const retry = fields.flag('retry_if_possible');
  const mandateId = fields.link('mandate');
  const instalments = readInstalments(fields, body['instalments']);
  if (name.length > NAME_MAX) fields.fail('name', `is too long (maximum is ${NAME_MAX} characters)`);
  if (instalments.reduce((sum, { amount }) => sum + amount, 0) !== total) {
    fields.fail('total_amount', 'must equal the sum of the instalments');
  }
  fields.check();
  const mandate = mandateForPayment(world, mandateId, 'instalment_schedules');
  const schedule: InstalmentSchedule = {
    id: world.ids.next('IS'),
    created_at: world.timestamp(),
    name,
    currency,
    total_amount: total,
    status: 'pending',
    metadata,
    payment_errors: {},
    links: { customer: mandate.links.customer, mandate: mandate.id },
  };
  world.instalmentSchedules.add(schedule);
  world.later(() => decide(world, schedule, instalments, retry));
  return schedule;
}

/** Every instalment must be a valid payment, else none is made and the errors are kept by index. */
function decide(
  world: World,
  schedule: InstalmentSchedule,
  instalments: readonly Instalment[],
  retryIfPossible: boolean,
): void {
  const { currency } = schedule;
  const mandate = world.mandates.must(schedule.links.mandate);
  const found = instalments.map((instalment) => errorsOf(world, mandate, { ...instalment, currency }));
  if (schedule.name.includes('Faily')) found[0]?.push({ field: 'base', message: 'could not be created' });
  schedule.payment_errors = Object.fromEntries(
    [...found.entries()].filter(([, errors]) => errors.length > 0),
  );
  if (Object.keys(schedule.payment_errors).length > 0) {
    move(world, schedule, 'creation_failed', 'creation_failed');
    return;
  }
  schedule.status = 'active';
  tellSchedule(world, schedule, 'created');
  schedule.links.payments = instalments.map((instalment) => {
    const links = { instalment_schedule: schedule.id };
    const cause = 'instalment_schedule_created';
    return addPayment(world, mandate, {
      ...instalment,
      currency,
      retryIfPossible,
      origin: 'api',
      cause,
      links,
    }).id;
  });
}

function errorsOf(
  world: World,
  mandate: Mandate,
  wanted: Instalment & { currency: string },
): { field: string; message: string }[] {
  try {
    checkPayment(world, new Fields({}, ''), mandate, wanted);
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.refused.errors.map(({ field = 'base', message }) => ({ field, message }));
  }
}

/** Over when all its payments are; in trouble when one of them is. */
export function advanceSchedule(world: World, schedule: InstalmentSchedule): void {
  if (schedule.status !== 'active' && schedule.status !== 'errored') return;
  const statuses = (schedule.links.payments ?? []).map((id) => world.payments.must(id).status);
  const inTrouble = statuses.some((status) => ['failed', 'cancelled', 'charged_back'].includes(status));
  if (statuses.every((status) => status === 'paid_out')) move(world, schedule, 'completed', 'completed');
  else if (inTrouble && schedule.status === 'active') move(world, schedule, 'errored', 'errored');
  else if (!inTrouble && schedule.status === 'errored') move(world, schedule, 'active', 'resumed');
}

function move(
  world: World,
  schedule: InstalmentSchedule,
  status: InstalmentSchedule['status'],
  action: string,
): void {
  schedule.status = status;
  tellSchedule(world, schedule, action);
}

function cancel({ world, body }: Call, schedule: InstalmentSchedule): void {
  if (schedule.status === 'cancelled' || schedule.status === 'completed') {
    throw invalidState('cancellation_failed', 'Instalment schedule cannot be cancelled');
  }
  schedule.status = 'cancelled';
  const event = tellSchedule(world, schedule, 'cancelled', metadataOf(body));
  for (const id of schedule.links.payments ?? []) {
    const payment = world.payments.must(id);
    if (!canStep(payment, 'cancelled')) continue;
    const links = { parent_event: event.id };
    stepPayment(world, payment, 'cancelled', {
      origin: 'api',
      cause: 'instalment_schedule_cancelled',
      links,
    });
  }
}

const BY_REQUEST: readonly string[] = ['created', 'cancelled'];

function tellSchedule(
  world: World,
  schedule: InstalmentSchedule,
  action: string,
  metadata: Metadata = {},
): GcEvent {
  const origin = BY_REQUEST.includes(action) ? 'api' : 'gocardless';
  return world.events.record({
    resource: 'instalment_schedules',
    action,
    origin,
    cause: `instalment_schedule_${action}`,
    links: { instalment_schedule: schedule.id },
    metadata,
    resourceMetadata: schedule.metadata,
  });
}
