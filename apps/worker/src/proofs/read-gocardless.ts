import {
  addDays,
  chargeDayOf,
  dateIn,
  type Debit,
  type Debits,
  type DebitStep,
  type GocardlessRecords,
  hasArrived,
  LOOK_BACK_DAYS,
  type Marked,
  othersReason,
  type Payout,
  type PayoutBounce,
  type PayoutItem,
  type Payouts,
  type PayoutStore,
  type ProofQuestion,
  startOfDay,
  TURNING_ACTIONS,
} from '@mlc/core';
import { patiently, patientlyEach, type Pause } from '@mlc/flows';

/** What reading GoCardless' own records takes. */
export interface GocardlessReading {
  readonly debits: Pick<Debits, 'creditorId' | 'listDebitsCharged' | 'listSteps' | 'stepsOf' | 'getDebit'>;
  /** The FreshBooks account whose debits are asked about; '' when it is not known. */
  readonly accountId: string;
  readonly payouts: Pick<Payouts, 'listPayouts' | 'listItems' | 'listBounces'>;
  /** Items are kept here; GoCardless forgets them after six months. */
  readonly kept: Pick<PayoutStore, 'get'>;
  readonly timezone: string;
  readonly pause: Pause;
}

/**
 * Everything the proof of the day needs, from shortly before go-live on. Rejects with ConnectorError; waits as often as
 * the rate limit asks to.
 */
export async function readGocardless(
  reading: GocardlessReading,
  question: ProofQuestion,
): Promise<GocardlessRecords> {
  const turns = await readTurns(reading, question);
  const debits = await readDebits(reading, question, turns);
  const steps = await readSteps(reading, debits, (debit) => hasTurned(reading, question, { debit, turns }));
  const payouts = await readPayouts(reading, question);
  const isBounced = payouts.some(({ payout }) => payout.status === 'bounced');
  return { debits, steps, payouts, bounces: isBounced ? await readBounces(reading, question) : [] };
}

/** A GoCardless account may serve several businesses: what is another one's is in another ledger. */
function isOurs({ debits, accountId }: GocardlessReading, object: Marked): boolean {
  return othersReason(object, { accountId, creditorId: debits.creditorId }) === null;
}

/** By debit: the last day something turned for it since go-live, and whether it was tried again. */
type Turns = ReadonlyMap<string, { readonly lastDay: string; readonly isRetried: boolean }>;

async function readTurns(
  { debits, timezone, pause }: GocardlessReading,
  { goLive }: ProofQuestion,
): Promise<Turns> {
  const since = startOfDay(timezone, goLive).toISOString();
  const turns = new Map<string, { lastDay: string; isRetried: boolean }>();
  for (const action of TURNING_ACTIONS) {
    for await (const { debitId, at } of patientlyEach(() => debits.listSteps(action, since), pause)) {
      const day = dateIn(timezone, new Date(at));
      const known = turns.get(debitId);
      const lastDay = known !== undefined && known.lastDay > day ? known.lastDay : day;
      const isRetried = known?.isRetried === true || action === 'resubmission_requested';
      turns.set(debitId, { lastDay, isRetried });
    }
  }
  return turns;
}

/**
 * Debits charged soon after the day may have been paid out before: the ledger dates them by their charge date, and the
 * payout by its arrival. In days.
 */
const LOOK_AHEAD_DAYS = 60;

/** One that was tried again stands at its new charge date, which may be long after the day. */
async function readDebits(
  reading: GocardlessReading,
  { goLive, lastDay }: ProofQuestion,
  turns: Turns,
): Promise<Debit[]> {
  const { debits, timezone, pause } = reading;
  const found = new Map<string, Debit>();
  const from = addDays(goLive, -LOOK_BACK_DAYS);
  const to = addDays(lastDay, LOOK_AHEAD_DAYS);
  for await (const debit of patientlyEach(() => debits.listDebitsCharged(from, to), pause))
    found.set(debit.id, debit);
  for (const [id, { isRetried }] of turns) {
    if (!isRetried || found.has(id)) continue;
    const debit = await patiently(() => debits.getDebit(id), pause);
    const isOlder = debit !== null && dateIn(timezone, new Date(debit.createdAt)) <= lastDay;
    if (isOlder && chargeDayOf(debit) > lastDay) found.set(id, debit);
  }
  return [...found.values()].filter((debit) => isOurs(reading, debit));
}

function hasTurned(
  { timezone }: GocardlessReading,
  { goLive, lastDay }: ProofQuestion,
  { debit, turns }: { readonly debit: Debit; readonly turns: Turns },
): boolean {
  const turn = turns.get(debit.id);
  if (turn === undefined) return false;
  return turn.lastDay > lastDay || dateIn(timezone, new Date(debit.createdAt)) < goLive;
}

async function readSteps(
  { debits, pause }: GocardlessReading,
  of: readonly Debit[],
  isWanted: (debit: Debit) => boolean,
): Promise<ReadonlyMap<string, readonly DebitStep[]>> {
  const steps = new Map<string, readonly DebitStep[]>();
  for (const { id } of of.filter(isWanted)) steps.set(id, await patiently(() => debits.stepsOf(id), pause));
  return steps;
}

async function readPayouts(
  reading: GocardlessReading,
  { goLive, lastDay }: ProofQuestion,
): Promise<GocardlessRecords['payouts']> {
  const { payouts, timezone, pause } = reading;
  const since = startOfDay(timezone, addDays(goLive, -LOOK_BACK_DAYS)).toISOString();
  const found = new Map<string, Payout>();
  for await (const payout of patientlyEach(() => payouts.listPayouts(since), pause))
    if (isOurs(reading, payout)) found.set(payout.id, payout);
  const read: { payout: Payout; items: readonly PayoutItem[] | null }[] = [];
  for (const payout of found.values()) {
    const isAsked = hasArrived(payout) && (payout.arrivalDate ?? '') <= lastDay;
    read.push({ payout, items: isAsked ? await itemsOf(reading, payout.id) : [] });
  }
  return read;
}

async function itemsOf(
  { payouts, kept, pause }: GocardlessReading,
  payoutId: string,
): Promise<readonly PayoutItem[] | null> {
  const known = await kept.get(payoutId);
  return known?.items ?? patiently(() => payouts.listItems(payoutId), pause);
}

async function readBounces(
  { payouts, timezone, pause }: GocardlessReading,
  { goLive }: ProofQuestion,
): Promise<PayoutBounce[]> {
  const since = startOfDay(timezone, addDays(goLive, -LOOK_BACK_DAYS)).toISOString();
  // After a wait the list starts again, so a row may come twice.
  const bounces = new Map<string, PayoutBounce>();
  for await (const bounce of patientlyEach(() => payouts.listBounces(since), pause))
    bounces.set(`${bounce.payoutId ?? ''} ${bounce.at}`, bounce);
  return [...bounces.values()];
}
