import type { DebitCustomer, FlowContext, Mandate } from '@mlc/core';
import { mirrorLock } from '../running/locks.ts';

/** Customers are read again from this long before the newest one seen: GoCardless lists settle late. */
const OVERLAP_MS = 10 * 60 * 1000;
/** A client without a customer justifies a whole page-through at most this often. */
const FULL_AGAIN_MS = 10 * 60 * 1000;
const PAGE = 500;
const EPOCH = '1970-01-01T00:00:00.000Z';

/**
 * Brings the customer mirror up to date with what was created since: one cheap call, or everything the first time. Then
 * the others wait (LockBusyError) instead of reading the same again beside it.
 */
export async function refreshCustomers(context: FlowContext): Promise<void> {
  const progress = await context.store.mirror.progress('customers');
  if (progress !== null)
    return readCustomers(context, {
      earlier: progress,
      createdAfter: before(progress.newestCreatedAt, OVERLAP_MS),
    });
  return context.locks.withLock(mirrorLock(context), () => readAllCustomers(context));
}

/** Pages through all customers again (e-mails may have changed), unless that was done a moment ago. */
export async function rereadCustomers(context: FlowContext): Promise<boolean> {
  const progress = await context.store.mirror.progress('customers');
  const age = progress === null ? Infinity : context.clock.now().getTime() - progress.fullAt.getTime();
  if (age < FULL_AGAIN_MS) return false;
  await readAllCustomers(context);
  return true;
}

/** Sees a page of customers before the mirror does. */
type PageReader = (page: readonly DebitCustomer[]) => Promise<void>;

/** Pages through all customers and shows each page to `read` while the mirror still holds what was known before. */
export function readEveryCustomer(context: FlowContext, read: PageReader): Promise<void> {
  return readAllCustomers(context, read);
}

async function readAllCustomers(
  context: FlowContext,
  read: PageReader = () => Promise.resolve(),
): Promise<void> {
  const earlier = await context.store.mirror.progress('customers');
  return readCustomers(context, { earlier, createdAfter: null, read });
}

interface CustomersToRead {
  readonly earlier: { readonly fullAt: Date; readonly newestCreatedAt: string } | null;
  /** Null: all of them. */
  readonly createdAfter: string | null;
  readonly read?: PageReader;
}

/** The last page is kept together with how far that went. */
async function readCustomers(
  context: FlowContext,
  { earlier, createdAfter, read }: CustomersToRead,
): Promise<void> {
  const { store } = context;
  let newestCreatedAt = earlier?.newestCreatedAt ?? EPOCH;
  let last: readonly DebitCustomer[] = [];
  for await (const page of inPages(context.debits.listCustomers(createdAfter))) {
    newestCreatedAt = newestOf(page, newestCreatedAt);
    await read?.(page);
    const full = last;
    if (full.length > 0) await store.transaction((tx) => tx.mirror.putCustomers(full));
    last = page;
  }
  const fullAt = createdAfter === null ? context.clock.now() : (earlier?.fullAt ?? context.clock.now());
  await store.transaction(async (tx) => {
    await tx.mirror.putCustomers(last);
    await tx.mirror.setProgress('customers', { fullAt, newestCreatedAt });
  });
}

/** Pages through all mandates and mirrors them; `read` is told of each page after it was kept. */
export async function readEveryMandate(
  context: FlowContext,
  read: (page: readonly Mandate[]) => void,
): Promise<void> {
  const { store, clock } = context;
  let newestCreatedAt = EPOCH;
  for await (const page of inPages(context.debits.listAllMandates(null))) {
    newestCreatedAt = newestOf(page, newestCreatedAt);
    await store.transaction((tx) => tx.mirror.putMandates(page));
    read(page);
  }
  const progress = { fullAt: clock.now(), newestCreatedAt };
  await store.transaction((tx) => tx.mirror.setProgress('mandates', progress));
}

function newestOf(page: readonly { readonly createdAt: string }[], soFar: string): string {
  return page.reduce((newest, { createdAt }) => (createdAt > newest ? createdAt : newest), soFar);
}

async function* inPages<T>(rows: AsyncIterable<T>): AsyncGenerator<readonly T[], void, undefined> {
  let page: T[] = [];
  for await (const row of rows) {
    page.push(row);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

function before(moment: string, ms: number): string {
  return new Date(Date.parse(moment) - ms).toISOString();
}

/** Mirrors one customer as it is now; forgets it when GoCardless removed it. */
export async function mirrorCustomer(
  context: FlowContext,
  customerId: string,
): Promise<DebitCustomer | null> {
  const customer = await context.debits.getCustomer(customerId);
  if (customer === null) await context.store.transaction((tx) => tx.mirror.removeCustomer(customerId));
  else await context.store.transaction((tx) => tx.mirror.putCustomers([customer]));
  return customer;
}

/** A replaced mandate shows `cancelled` and names its successor (gocardless.md 2.3): the chain ends soon. */
const MAX_SUCCESSORS = 5;

/** The mandates of a customer as GoCardless has them now, successors of replaced ones included; mirrored. */
export async function currentMandates(context: FlowContext, customerId: string): Promise<Mandate[]> {
  const mandates = new Map(
    (await context.debits.listMandates(customerId)).map((mandate) => [mandate.id, mandate]),
  );
  for (const mandate of [...mandates.values()]) await followSuccessors(context, mandate, mandates);
  await context.store.transaction((tx) => tx.mirror.putMandates([...mandates.values()]));
  return [...mandates.values()];
}

async function followSuccessors(
  context: FlowContext,
  start: Mandate,
  known: Map<string, Mandate>,
): Promise<void> {
  let next = start.newMandateId;
  for (let step = 0; next !== null && !known.has(next) && step < MAX_SUCCESSORS; step += 1) {
    const successor = await context.debits.getMandate(next);
    if (successor === null) return;
    known.set(successor.id, successor);
    next = successor.newMandateId;
  }
}
