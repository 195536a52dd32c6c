import { dateIn } from '../dates/dates.ts';
import { formatMoney, type Money } from '../money/money.ts';
import type { PaypalTransaction } from '../ports/captures.ts';
import { hasMoved, treatmentOf } from '../transactions/code-groups.ts';
import { byId, proofsOf } from './in-flight.ts';
import type { Holding, ProofQuestion, ProviderProof } from './proof.ts';

/** What PayPal itself says it held at the last moment of the month, one amount per currency; or why it did not tell. */
export type ToldBalance = { readonly amounts: readonly Money[] } | { readonly why: string };

/** Which days of PayPal's list the question is about, and the balance at the end of the last. */
export interface PaypalQuestion extends ProofQuestion {
  /** IANA zone in which a moment of PayPal becomes a day. */
  readonly timezone: string;
  readonly balance: ToldBalance;
}

interface OwnHolding extends Holding {
  readonly currency: string;
}

/** A row that counts, as the list says it now. */
interface Movement extends OwnHolding {
  readonly madeOn: string;
  /** The day the row changed last: when a pending one cleared, it changed. */
  readonly changedOn: string;
  readonly status: string;
}

/** Id under which stands what the balance holds and neither opening nor rows explain. */
const BALANCE = 'balance';
/** Of more rows that changed later than this, it is not tried which of them explain the balance. */
const CANDIDATES_MAX = 12;

/**
 * PayPal's proof, one per currency: the balance it told, explained by what it opened with and every row since, net of its
 * fee. The rows are by the day they were made, as the ledger is: of those that changed after the end, the ones that make up
 * what the balance lacks were in transit. Without a balance, opening and rows stand for it, and the proof says so.
 */
export function paypalProofs(
  rows: readonly PaypalTransaction[],
  opening: readonly OwnHolding[],
  question: PaypalQuestion,
): ProviderProof[] {
  const { balance } = question;
  const moved = rows
    .filter((row) => hasMoved(row) && treatmentOf(row) !== 'nothing')
    .map((row) => movementOfRow(row, question.timezone))
    .filter(({ madeOn }) => madeOn >= question.goLive && madeOn <= question.lastDay);
  const listed = [...opening, ...moved];
  const currencies = listed.map(({ currency }) => currency);
  if ('why' in balance) {
    const proofs = proofsOf('paypal', currencies, told(listed));
    return proofs.map((proof) => ({ ...proof, balanceWhy: balance.why }));
  }
  const held = new Map(balance.amounts.map(({ currency, minor }) => [currency, minor]));
  // Without money and without a row, a currency is no account of ours.
  const holding = [...held].filter(([, minor]) => minor !== 0n).map(([currency]) => currency);
  const all = [...new Set([...currencies, ...holding])];
  const explained = all.flatMap((currency) =>
    explain(
      listed.filter((one) => one.currency === currency),
      { currency, minor: held.get(currency) ?? 0n },
      question.lastDay,
    ),
  );
  return proofsOf('paypal', all, told(explained));
}

/** What was listed, so that it adds up to what was held. */
function explain(listed: readonly (OwnHolding | Movement)[], held: Money, lastDay: string): OwnHolding[] {
  const lacking = sumOf(listed) - held.minor;
  if (lacking === 0n) return [...listed];
  const late = listed.filter((one): one is Movement => 'changedOn' in one && one.changedOn > lastDay);
  const inTransit = new Set<OwnHolding>(thoseOf(late, lacking));
  const unexplained = lacking - sumOf([...inTransit]);
  const result = listed.map((one) => (inTransit.has(one) ? notYetHeld(one as Movement, lastDay) : one));
  if (unexplained === 0n) return result;
  const { currency } = held;
  const list = formatMoney({ minor: sumOf(listed), currency });
  const why =
    `paypal says its balance at the end of ${lastDay} was ${formatMoney(held)}, but what it opened with and the ` +
    `transactions it lists make ${list}`;
  return [...result, { id: BALANCE, currency, amountMinor: -unexplained, why }];
}

/**
 * Which of the rows that changed after the end make up what the balance lacks: all that succeeded, else the only selection
 * that does; none when nothing or several do (a refund changes its payment's row as well, so a late change proves nothing).
 */
function thoseOf(late: readonly Movement[], lacking: bigint): readonly Movement[] {
  const succeeded = late.filter(({ status }) => status === 'S');
  if (sumOf(succeeded) === lacking) return succeeded;
  if (late.length > CANDIDATES_MAX) return [];
  const fitting = Array.from({ length: 2 ** late.length }, (_, chosen) =>
    late.filter((__, index) => Math.floor(chosen / 2 ** index) % 2 === 1),
  ).filter((selection) => sumOf(selection) === lacking);
  return fitting.length === 1 ? (fitting[0] ?? []) : [];
}

function notYetHeld({ id, currency, amountMinor, madeOn, changedOn }: Movement, lastDay: string): OwnHolding {
  const amount = formatMoney({ minor: amountMinor, currency });
  const why =
    `in transit at paypal: it lists ${amount} as made on ${madeOn} and changed on ${changedOn}, and its balance at the ` +
    `end of ${lastDay} did not have it yet`;
  return { id, currency, amountMinor: 0n, why };
}

function told(holdings: readonly OwnHolding[]): OwnHolding[] {
  return holdings.filter(({ amountMinor, why }) => amountMinor !== 0n || why !== undefined).sort(byId);
}

/** A fee in another currency than the payment's is not taken off it. */
function movementOfRow(row: PaypalTransaction, timezone: string): Movement {
  const { id, amount, fee, status } = row;
  const cost = fee !== null && fee.currency === amount.currency ? fee.minor : 0n;
  const dayOf = (moment: string): string => dateIn(timezone, new Date(moment));
  return {
    id,
    currency: amount.currency,
    amountMinor: amount.minor + cost,
    madeOn: dayOf(row.initiatedAt),
    changedOn: dayOf(row.updatedAt),
    status,
  };
}

function sumOf(holdings: readonly Holding[]): bigint {
  return holdings.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}
