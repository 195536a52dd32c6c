import type { DebitStep, PayoutBounce } from '@mlc/core';
import { z } from 'zod';
import { whyOf } from './causes.ts';
import type { GocardlessClient } from './client.ts';
import type { Filters } from './request.ts';
import { optionalText } from './schema.ts';

/** gocardless.md 2.12: only what happened to whom, when and why. */
const stepSchema = z.object({
  id: z.string(),
  created_at: z.string(),
  resource_type: z.string(),
  action: z.string(),
  details: z
    .object({
      origin: optionalText,
      cause: optionalText,
      description: optionalText,
      reason_code: optionalText,
    })
    .nullish()
    .catch(null),
  links: z
    .object({ payment: optionalText, payout: optionalText })
    .nullish()
    .transform((links) => links ?? { payment: null, payout: null }),
});
type WireStep = z.infer<typeof stepSchema>;

const events = { plural: 'events', schema: stepSchema };

/** Oldest first; the list comes newest first and two steps may bear the same moment. */
export async function stepsOf(client: GocardlessClient, debitId: string): Promise<DebitStep[]> {
  const steps: DebitStep[] = [];
  const filters: Filters = { payment: debitId, resource_type: 'payments' };
  for await (const row of client.list('stepsOf', events, filters)) {
    const step = toStep(row);
    if (step?.debitId === debitId) steps.push(step);
  }
  return steps.reverse().sort((left, right) => Date.parse(left.at) - Date.parse(right.at));
}

/** Steps of one kind of all debits. */
export async function* listSteps(
  client: GocardlessClient,
  action: string,
  since: string,
): AsyncGenerator<DebitStep, void, undefined> {
  for await (const row of happenings(client, 'listSteps', { resource_type: 'payments', action, since })) {
    const step = toStep(row);
    if (step !== null) yield step;
  }
}

/** A bounce is told as the creditor's, perhaps without naming the payout (gocardless.md 2.12). */
export async function* listBounces(
  client: GocardlessClient,
  since: string,
): AsyncGenerator<PayoutBounce, void, undefined> {
  const asked = { resource_type: 'creditors', action: 'bounced_payout', since };
  for await (const { links, created_at: at } of happenings(client, 'listBounces', asked))
    yield { payoutId: links.payout, at };
}

interface Asked {
  readonly resource_type: string;
  readonly action: string;
  readonly since: string;
}

/** Every filter is checked again here: one the provider ignored would mix in other things. */
async function* happenings(
  client: GocardlessClient,
  operation: string,
  { resource_type, action, since }: Asked,
): AsyncGenerator<WireStep, void, undefined> {
  const from = new Date(since);
  const filters: Filters = { resource_type, action, 'created_at[gte]': from.toISOString() };
  for await (const row of client.list(operation, events, filters)) {
    const isMeant = row.resource_type === resource_type && row.action === action;
    if (isMeant && Date.parse(row.created_at) >= from.getTime()) yield row;
  }
}

function toStep({ resource_type, action, created_at: at, details, links }: WireStep): DebitStep | null {
  if (resource_type !== 'payments' || links.payment === null) return null;
  const why = details == null ? undefined : whyOf(details);
  return { debitId: links.payment, action, at, ...(why === undefined ? {} : { why }) };
}
