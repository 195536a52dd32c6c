import { ControlError } from '../control.ts';
import { fromTenths, inTenths } from './fees.ts';
import { confirmExchangeRate } from './fx.ts';
import { PayerScenarios } from './payer-scenarios.ts';
import { buildPartnerPayout, buildPayouts } from './payout-builder.ts';
import { bouncePayout } from './payout-events.ts';
import type { PlannedItem } from './planned-item.ts';
import { addRefund } from './refunds.ts';
import { bounceRefund } from './refund-course.ts';
import type { Creditor, Payout, PayoutItem, Refund } from './wire.ts';

/** A line for a payout: `amount` in signed minor units with at most one decimal, as on the wire. */
interface WantedItem {
  readonly type: string;
  readonly amount: string;
  readonly payment?: string;
  readonly mandate?: string;
  readonly refund?: string;
}

/** Refunds and payouts, as people in the dashboard, banks and GoCardless itself make them. */
export class PayoutScenarios extends PayerScenarios {
  /** The merchant gives money back in the dashboard, where refunds need nobody's permission; all that is left unless told. */
  refundPayment({ payment: id, amount }: { payment: string; amount?: number }): Refund {
    const payment = this.row(this.world.payments, id);
    const left = payment.amount - payment.amount_refunded;
    const wanted = amount ?? left;
    if (!['confirmed', 'paid_out'].includes(payment.status) || wanted <= 0 || wanted > left)
      throw new ControlError(`${id} is ${payment.status} and has ${left} left: ${wanted} cannot be refunded`);
    const mandate = this.world.mandates.must(payment.links.mandate);
    return addRefund(this.world, mandate, { amount: wanted, payment });
  }

  /** Money for a payer that belongs to no debit. */
  refundMandate({ mandate, amount }: { mandate: string; amount: number }): Refund {
    return addRefund(this.world, this.row(this.world.mandates, mandate), { amount, payment: null });
  }

  /** The payer's bank sends a refund back; the next payout returns what one has borne. */
  bounceRefund({ refund: id }: { refund: string }): Refund {
    const refund = this.row(this.world.refunds, id);
    if (refund.status === 'bounced' || refund.status === 'funds_returned')
      throw new ControlError(`${id} came back already`);
    bounceRefund(this.world, refund);
    return refund;
  }

  /** Now: the payouts of everything that is due; none of a currency whose total is not positive. */
  payOut(_input: object = {}): Payout[] {
    return buildPayouts(this.world);
  }

  /** The bank sends a payout back. */
  bouncePayout({ payout: id }: { payout: string }): Payout {
    const payout = this.row(this.world.payouts, id);
    if (payout.status !== 'paid') throw new ControlError(`${id} is ${payout.status}, not paid`);
    bouncePayout(this.world, payout);
    return payout;
  }

  /** From now on everything is paid out in this currency; null: each in its own. Debits made before keep what they said. */
  useFxPayouts({ currency }: { currency: string | null }): Creditor {
    const creditor = this.world.creditor();
    const known = currency === null || `default_${currency.toLowerCase()}_payout_account` in creditor.links;
    if (!known) throw new ControlError(`currency: no bank account in ${currency}`);
    creditor.fx_payout_currency = currency;
    return creditor;
  }

  /** Now instead of on the next working day. */
  confirmExchangeRate({ payout: id }: { payout: string }): Payout {
    const payout = this.row(this.world.payouts, id);
    confirmExchangeRate(this.world, payout);
    return payout;
  }

  /** One more line, of any type, in the next payout of a currency. */
  planPayoutItem({ currency = 'GBP', ...wanted }: WantedItem & { currency?: string }): PlannedItem {
    const planned = { ...itemFrom(wanted), currency };
    this.world.plannedItems.push(planned);
    return planned;
  }

  /** A payout to the partner whose app others use: shares of their fees, `revenue_share` unless a type is named. */
  payPartner({
    currency = 'GBP',
    items,
  }: {
    currency?: string;
    items: readonly (Omit<WantedItem, 'type'> & { type?: 'revenue_share' | 'app_fee' })[];
  }): Payout {
    const lines = items.map(({ type = 'revenue_share', payment, ...wanted }) => {
      // Somebody else's payment: it cannot be fetched with this token.
      const line = itemFrom({ ...wanted, type, payment: payment ?? this.world.ids.next('PM') });
      return { ...line, settle: () => undefined };
    });
    return buildPartnerPayout(this.world, currency, lines);
  }
}

function itemFrom({ type, amount, ...links }: WantedItem): Pick<PlannedItem, 'item' | 'tenths'> {
  const tenths = fromTenths(amount);
  if (tenths === undefined)
    throw new ControlError(`amount: minor units with at most one decimal, not ${amount}`);
  const item = { type: type as PayoutItem['type'], amount: inTenths(tenths), taxes: [], links };
  return { item, tenths };
}
