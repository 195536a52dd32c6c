import { money } from './amounts.ts';
import type { DisputeRow } from './rows.ts';
import { millis, seconds } from './times.ts';
import { given, links } from './wire-tools.ts';
import type { Wire } from './wire-tools.ts';
import type { World } from './world.ts';

/** `GET /v1/customer/disputes/{id}`, and the resource of its events: no `id`, the key is `dispute_id` (paypal.md 2.10, 5.4). */
export function disputeWire(row: DisputeRow, world: World): Wire {
  const { currency } = row;
  const path = `/v1/customer/disputes/${row.id}`;
  return {
    dispute_id: row.id,
    create_time: millis(row.createdMs),
    update_time: millis(row.updatedMs),
    disputed_transactions: row.transactionIds.map((id) => transactionWire(row, id, world)),
    reason: row.reason,
    status: row.status,
    dispute_amount: money(row.amount, currency),
    ...(row.outcome !== null && { dispute_outcome: outcomeWire(row) }),
    dispute_life_cycle_stage: row.stage,
    dispute_channel: row.channel,
    messages: [{ posted_by: 'BUYER', time_posted: millis(row.createdMs), content: 'I have a question.' }],
    ...(row.status === 'WAITING_FOR_SELLER_RESPONSE' && {
      // Without any zone, as it was seen.
      seller_response_due_date: millis(row.updatedMs + 864_000_000).replace('Z', ''),
    }),
    links: links(
      { rel: 'self', path },
      { rel: 'send_message', path: `${path}/send-message`, method: 'POST' },
    ),
  };
}

/** One entry of the list: less than the whole. */
export function disputeListWire(row: DisputeRow): Wire {
  return {
    dispute_id: row.id,
    create_time: millis(row.createdMs),
    update_time: millis(row.updatedMs),
    reason: row.reason,
    status: row.status,
    dispute_state: row.status === 'RESOLVED' ? 'RESOLVED' : 'REQUIRED_ACTION',
    dispute_amount: money(row.amount, row.currency),
    dispute_life_cycle_stage: row.stage,
    dispute_channel: row.channel,
    links: links({ rel: 'self', path: `/v1/customer/disputes/${row.id}` }),
  };
}

function outcomeWire({ outcome, amountRefunded, currency }: DisputeRow): Wire {
  return {
    outcome_code: outcome,
    ...(amountRefunded > 0 && { amount_refunded: money(amountRefunded, currency) }),
  };
}

/** The buyer has a name and no e-mail address. */
function transactionWire(row: DisputeRow, id: string, world: World): Wire {
  const payment = world.captures.get(id) ?? world.sales.get(id);
  const { merchantId, email } = world.merchant;
  return {
    buyer_transaction_id: `${id.slice(0, 16)}B`,
    seller_transaction_id: id,
    ...(payment !== undefined && {
      create_time: seconds(payment.createdMs),
      transaction_status: 'COMPLETED',
      gross_amount: money(payment.amount, payment.currency),
    }),
    invoice_number: given(row.invoiceNumber),
    custom: given(row.custom),
    buyer: { name: row.buyerName },
    seller: { email, merchant_id: merchantId, name: 'Sandbox Ltd' },
    items: [],
    seller_protection_eligible: true,
  };
}
