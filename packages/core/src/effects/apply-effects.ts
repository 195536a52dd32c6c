import type { Repositories } from '../ports/store.ts';
import { type Effect, type Reruns, STAGES, type Stage, stageOf, type Step } from './effect.ts';

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

/** Answers with what the steps found is to be done later. */
async function applyStage(tx: Repositories, due: readonly Effect[]): Promise<Effect[]> {
  const later: Effect[] = [];
  for (const effect of due) {
    if (effect.kind === 'step') later.push(...(await found(tx, effect)));
    else if (effect.kind === 'settles') await tx.reviews.settle(effect.kinds, effect.subject, effect.note);
    else if (effect.kind === 'opens') await tx.reviews.open(effect.review);
  }
  await rerunAll(
    tx,
    due.filter((effect) => effect.kind === 'reruns'),
  );
  return later;
}

async function found(tx: Repositories, { apply }: Step): Promise<readonly Effect[]> {
  return (await apply(tx)) ?? [];
}

/** However many ask for it, an event runs again once. */
async function rerunAll(tx: Repositories, wanted: readonly Reruns[]): Promise<void> {
  const eventIds = new Set(wanted.flatMap((one) => one.eventIds));
  const invoiceIds = new Set(wanted.flatMap((one) => one.invoiceIds));
  for (const waitingFor of new Set(wanted.flatMap((one) => one.waitingFor))) await tx.events.wake(waitingFor);
  if (eventIds.size > 0) await tx.events.rerun([...eventIds].sort());
  if (invoiceIds.size > 0) await tx.events.rerunInvoices([...invoiceIds].sort());
}
