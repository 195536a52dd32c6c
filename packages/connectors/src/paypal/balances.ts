import type { Money } from '@mlc/core';
import { z } from 'zod';
import type { PaypalClient } from './client.ts';
import { momentFrom, toPaypalMoment } from './moment.ts';
import { money } from './schema.ts';

/** paypal.md 4.4: `total_balance` is what the account holds, withheld money included. */
const balancesSchema = z.object({
  balances: z.array(z.object({ total_balance: money })).nullish(),
  as_of_time: z.string().nullish(),
});

/** As core's port `Captures` describes it: one amount per currency. */
export async function balancesAt(
  client: PaypalClient,
  moment: string | null,
  servedAt?: (moment: string) => void,
): Promise<readonly Money[]> {
  const { balances, as_of_time: asOf } = await client.send({
    operation: 'balancesAt',
    method: 'GET',
    path: '/v1/reporting/balances',
    query: {
      currency_code: 'ALL',
      ...(moment === null ? {} : { as_of_time: toPaypalMoment(Date.parse(moment)) }),
    },
    answer: balancesSchema,
  });
  const served = momentFrom(asOf ?? '');
  if (served !== null) servedAt?.(served);
  return (balances ?? []).map(({ total_balance }) => total_balance);
}
