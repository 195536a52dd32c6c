import { money } from './amounts.ts';
import { fullName } from './order-wire.ts';
import type { SaleRow, SubscriptionRow } from './rows.ts';
import { millis, seconds } from './times.ts';
import { given, links } from './wire-tools.ts';
import type { Wire } from './wire-tools.ts';

const MONTH_MS = 30 * 86_400_000;

/** `GET /v1/billing/subscriptions/{id}`: the only place that knows a subscriber's e-mail address. */
export function subscriptionWire(row: SubscriptionRow, sales: readonly SaleRow[]): Wire {
  const { currency, subscriber } = row;
  const last = sales.at(-1);
  const path = `/v1/billing/subscriptions/${row.id}`;
  return {
    id: row.id,
    plan_id: row.planId,
    start_time: seconds(row.createdMs),
    quantity: '1',
    subscriber: {
      email_address: given(subscriber.email),
      payer_id: subscriber.accountId,
      name: { given_name: subscriber.givenName, surname: subscriber.surname },
    },
    custom_id: given(row.customId),
    billing_info: {
      outstanding_balance: money(0, currency),
      cycle_executions: [
        {
          tenure_type: 'REGULAR',
          sequence: 1,
          cycles_completed: sales.length,
          cycles_remaining: 0,
          total_cycles: 0,
        },
      ],
      ...(last !== undefined && {
        last_payment: { amount: money(last.amount, currency), time: seconds(last.createdMs) },
        next_billing_time: seconds(last.createdMs + MONTH_MS),
      }),
      failed_payments_count: 0,
    },
    create_time: seconds(row.createdMs),
    update_time: seconds(row.updatedMs),
    status: row.status,
    status_update_time: seconds(row.createdMs),
    links: links({ rel: 'self', path }, { rel: 'cancel', path: `${path}/cancel`, method: 'POST' }),
  };
}

/** One entry of `GET /v1/billing/subscriptions/{id}/transactions`: upper-case states, v2 money. */
export function subscriptionSaleWire(row: SaleRow): Wire {
  const { currency, payer } = row;
  return {
    status: row.state.toUpperCase(),
    id: row.id,
    amount_with_breakdown: {
      gross_amount: money(row.amount, currency),
      fee_amount: money(row.fee, currency),
      net_amount: money(row.amount - row.fee, currency),
    },
    payer_name: { given_name: payer.givenName, surname: payer.surname, full_name: fullName(payer) },
    payer_email: given(payer.email),
    time: millis(row.createdMs),
  };
}
