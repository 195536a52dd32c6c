import { openDispute, resolveDispute, updateDispute } from './dispute-course.ts';
import { addInvoice, payerOf, payInvoice } from './invoice-course.ts';
import type { InvoiceLayout } from './invoice-course.ts';
import { ListedScenarios } from './listed-scenarios.ts';
import { giveBack } from './refund-course.ts';
import type { CaptureRow, DisputeRow, SaleRow } from './rows.ts';
import { addSale, addSubscription, settleSale } from './sale-course.ts';
import { present } from './scenario-base.ts';
import type { Wishes } from './scenario-base.ts';
import { disputeView, refundView, saleView, subscriptionView } from './views.ts';
import type { DisputeView, RefundView, SaleView, SubscriptionView } from './views.ts';

export interface SubscriptionSale extends Wishes {
  /** A new subscription when left out, of `payerEmail`. */
  readonly subscriptionId?: string;
  readonly payerEmail?: string;
  /** The subscription's when left out. */
  readonly amount?: string;
  readonly currency?: string;
  readonly fee?: string;
  readonly customId?: string;
  readonly invoiceNumber?: string;
  readonly isPending?: boolean;
  readonly isEcheck?: boolean;
}

export interface PaypalInvoicePaid extends Wishes {
  /** The number of PayPal's invoice. */
  readonly number: string;
  readonly amount: string;
  readonly currency?: string;
  readonly payerEmail?: string;
  /** What is paid now; all of it when left out. */
  readonly paid?: string;
  readonly fee?: string;
  readonly layout?: InvoiceLayout;
  readonly as?: 'capture' | 'sale';
}

/** What happens at PayPal without the API: buyers, banks, and people on PayPal's pages. Amounts are decimal strings. */
export class Scenarios extends ListedScenarios {
  startSubscription(wanted: {
    payerEmail: string;
    amount: string;
    currency?: string;
    customId?: string;
  }): SubscriptionView {
    const { currency = 'GBP', customId = null } = wanted;
    const amount = this.amount('amount', wanted.amount, currency);
    const subscriber = payerOf(this.world, wanted.payerEmail);
    return subscriptionView(addSubscription(this.world, { currency, amount, subscriber, customId }));
  }

  /** PayPal collects for a subscription: a sale of v1. */
  subscriptionSale(wanted: SubscriptionSale): SaleView {
    const subscriptionId = wanted.subscriptionId ?? this.#newSubscription(wanted);
    const subscription = this.row(this.world.subscriptions, 'subscriptionId', subscriptionId);
    const { currency, subscriber } = subscription;
    const { invoiceNumber, isPending, isEcheck, customId } = wanted;
    const how = present({
      fee: this.optionalAmount('fee', wanted.fee, currency),
      custom: customId,
      invoiceNumber,
      isPending,
      isEcheck,
    });
    const amount = this.optionalAmount('amount', wanted.amount, currency) ?? subscription.amount;
    return this.play(wanted, () =>
      saleView(addSale(this.world, { currency, amount, payer: subscriber, subscription, ...how })),
    );
  }

  /** A pending sale comes through, or is denied. */
  settleSale(wanted: Wishes & { saleId: string; state?: 'completed' | 'denied' }): SaleView {
    const row = this.#sale(wanted.saleId);
    return this.play(wanted, () => {
      settleSale(this.world, row, wanted.state ?? 'completed');
      return saleView(row);
    });
  }

  refundSale(wanted: Wishes & { saleId: string; amount?: string }): RefundView {
    return this.#giveSaleBack(wanted, 'refund');
  }

  reverseSale(wanted: Wishes & { saleId: string; amount?: string }): RefundView {
    return this.#giveSaleBack(wanted, 'reversal');
  }

  /** An invoice made in PayPal is paid there. */
  paypalInvoicePaid(wanted: PaypalInvoicePaid): { invoiceId: string; transactionId: string; status: string } {
    const { currency = 'GBP', number, layout = 'nested', as = 'capture' } = wanted;
    const amount = this.amount('amount', wanted.amount, currency);
    const payer = payerOf(this.world, wanted.payerEmail ?? 'sb-buyer@personal.example.com');
    const fee = this.optionalAmount('fee', wanted.fee, currency);
    const paid = this.optionalAmount('paid', wanted.paid, currency) ?? amount;
    return this.play(wanted, () => {
      const row = addInvoice(this.world, { number, currency, amount, payer });
      const transactionId = payInvoice(this.world, row, { amount: paid, layout, as, ...present({ fee }) });
      return { invoiceId: row.id, transactionId, status: row.status };
    });
  }

  /** A buyer complains about a capture or a sale. */
  openDispute(
    wanted: Wishes & {
      /** Capture or sale. */
      paymentId: string;
      amount?: string;
      reason?: string;
      channel?: DisputeRow['channel'];
    },
  ): DisputeView {
    const payment = this.#payment(wanted.paymentId);
    const amount = this.optionalAmount('amount', wanted.amount, payment.currency);
    const how = present({ amount, reason: wanted.reason, channel: wanted.channel });
    return this.play(wanted, () => disputeView(openDispute(this.world, payment, how)));
  }

  updateDispute(
    wanted: Wishes & { disputeId: string; status?: DisputeRow['status']; stage?: DisputeRow['stage'] },
  ): DisputeView {
    const row = this.#dispute(wanted.disputeId);
    return this.play(wanted, () => {
      updateDispute(this.world, row, present({ status: wanted.status, stage: wanted.stage }));
      return disputeView(row);
    });
  }

  /** `RESOLVED_BUYER_FAVOUR` when left out: the money is taken back, with the events of that. */
  resolveDispute(wanted: Wishes & { disputeId: string; outcome?: string }): DisputeView & {
    reversal: RefundView | null;
  } {
    const row = this.#dispute(wanted.disputeId);
    return this.play(wanted, () => {
      const reversal = resolveDispute(this.world, row, wanted.outcome ?? 'RESOLVED_BUYER_FAVOUR');
      return { ...disputeView(row), reversal: reversal === null ? null : refundView(reversal) };
    });
  }

  /** Delivers the newest `last` events again, under new transmission ids. */
  repeatEvents({ last = 10 }: { last?: number } = {}): { repeated: number } {
    const events = this.world.desk.events.slice(-last);
    for (const event of events) this.world.desk.send(event);
    return { repeated: events.length };
  }

  #newSubscription({ payerEmail, amount = '10.00', currency }: SubscriptionSale): string {
    const email = payerEmail ?? 'sb-buyer@personal.example.com';
    return this.startSubscription({ payerEmail: email, amount, ...present({ currency }) }).subscriptionId;
  }

  #giveSaleBack(
    wanted: Wishes & { saleId: string; amount?: string },
    kind: 'refund' | 'reversal',
  ): RefundView {
    const row = this.#sale(wanted.saleId);
    const amount = this.optionalAmount('amount', wanted.amount, row.currency);
    return this.play(wanted, () => refundView(giveBack(this.world, row, { kind, ...present({ amount }) })));
  }

  #sale(id: string | undefined): SaleRow {
    return this.row(this.world.sales, 'saleId', id);
  }

  #dispute(id: string | undefined): DisputeRow {
    return this.row(this.world.disputes, 'disputeId', id);
  }

  #payment(id: string | undefined): CaptureRow | SaleRow {
    return this.world.captures.get(id ?? '') ?? this.row(this.world.sales, 'paymentId', id);
  }
}
