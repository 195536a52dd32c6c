import type { Repositories } from '../ports/store.ts';
import { type Effect, type Reruns, STAGES, type Stage, stageOf } from './effect.ts';

/**
 * Applies effects stage by stage, in one transaction; one that is in the list twice is applied once. Nothing is asked of the
 * store for what is empty. Rejects as the store does.
 */
export async function applyEffects(tx: Repositories, effects: readonly Effect[]): Promise<void> {
  const all = new Set(effects);
  for (const stage of STAGES) {
    const due = [...all].filter((effect) => stageOf(effect) === stage);
    for (const later of await applyStage(tx, due)) {
      if (isPast(stageOf(later), stage))
        throw new Error(`a step of ${stage} found an effect of ${stageOf(later)}`);
      all.add(later);
    }
  }
}

function isPast(found: Stage, now: Stage): boolean {
  return STAGES.indexOf(found) <= STAGES.indexOf(now);
}

/**
 * Side by side, so that the store is asked at once what does not depend on each other's answers. Answers with what the steps
 * found is to be done later.
 */
async function applyStage(tx: Repositories, due: readonly Effect[]): Promise<Effect[]> {
  const reruns = due.filter((effect) => effect.kind === 'reruns');
  const applied = [...due.map((effect) => applyOne(tx, effect)), rerunAll(tx, reruns)];
  const ended = await Promise.allSettled(applied);
  return ended.flatMap((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

async function applyOne(tx: Repositories, effect: Effect): Promise<readonly Effect[]> {
  if (effect.kind === 'step') return (await effect.apply(tx)) ?? [];
  if (effect.kind === 'settles') await tx.reviews.settle(effect.kinds, effect.subject, effect.note);
  else if (effect.kind === 'opens') await tx.reviews.open(effect.review);
  return [];
}

/** However many ask for it, an event runs again once. */
async function rerunAll(tx: Repositories, wanted: readonly Reruns[]): Promise<readonly Effect[]> {
  const eventIds = new Set(wanted.flatMap((one) => one.eventIds));
  const invoiceIds = new Set(wanted.flatMap((one) => one.invoiceIds));
  for (const waitingFor of new Set(wanted.flatMap((one) => one.waitingFor))) await tx.events.wake(waitingFor);
  if (eventIds.size > 0) await tx.events.rerun([...eventIds].sort());
  if (invoiceIds.size > 0) await tx.events.rerunInvoices([...invoiceIds].sort());
  return [];
}
