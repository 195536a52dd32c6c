import {
  addDays,
  type Captures,
  type Clock,
  ConnectorError,
  startOfDay,
  type ToldBalance,
  TRANSACTION_SEARCH_LAG_MS,
} from '@mlc/core';
import { patiently, type Pause } from '@mlc/flows';

/** Whom to ask for a balance, and what the answer is judged by. */
export interface BalanceReading {
  readonly captures: Pick<Captures, 'balancesAt'>;
  readonly clock: Clock;
  readonly pause: Pause;
  readonly timezone: string;
}

/** PayPal's moments are whole seconds. */
const SECOND_MS = 1000;
const FORBIDDEN = 403;
const NOT_YET = "PayPal's records do not reach the end of the month yet; they are up to three hours behind";

/**
 * What PayPal says it held at the last moment of a day. Words about why not are part of the report: no times, no ids.
 * @throws ConnectorError when asking again may help.
 */
export async function toldBalance(reading: BalanceReading, lastDay: string): Promise<ToldBalance> {
  const { captures, clock, pause, timezone } = reading;
  const end = startOfDay(timezone, addDays(lastDay, 1)).getTime();
  if (clock.now().getTime() < end + TRANSACTION_SEARCH_LAG_MS) return { why: NOT_YET };
  const moment = end - SECOND_MS;
  let servedMs = moment;
  try {
    const amounts = await patiently(
      () =>
        captures.balancesAt(new Date(moment).toISOString(), (served) => {
          servedMs = Date.parse(served);
        }),
      pause,
    );
    if (servedMs < moment) return { why: NOT_YET };
    return amounts.length === 0 ? { why: 'PayPal names no balance of the end of the month' } : { amounts };
  } catch (error) {
    const why = error instanceof ConnectorError ? whyNot(error) : null;
    if (why === null) throw error;
    return { why };
  }
}

function whyNot({ kind, status }: ConnectorError): string | null {
  if (kind === 'not-ready') return NOT_YET;
  if (kind !== 'rejected') return null;
  if (status === FORBIDDEN)
    return 'PayPal does not let this app see balances: switch Transaction Search on for the app in the developer dashboard';
  return status === undefined || status < 400
    ? "PayPal's answer about its balance cannot be read"
    : 'PayPal does not tell its balance of the end of the month';
}
