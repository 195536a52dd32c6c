import { ControlError } from '../control.ts';
import { usualFee } from './amounts.ts';
import { addCapture, completeCapture, declineCapture } from './capture-course.ts';
import type { CaptureEvent } from './capture-course.ts';
import { payerOf } from './invoice-course.ts';
import { addOrder, approveOrder, captureOrder } from './order-course.ts';
import type { CaptureWishes } from './order-course.ts';
import { giveBack, settleRefund } from './refund-course.ts';
import type { CaptureRow, PaymentSource, PurchaseUnit } from './rows.ts';
import type { GiveBack, PayerPays, PendingPayment } from './capture-wishes.ts';
import { present, ScenarioBase } from './scenario-base.ts';
import type { Wishes } from './scenario-base.ts';
import { captureView, refundView } from './views.ts';
import type { CaptureView, RefundView } from './views.ts';

/** Payments by buyers and what becomes of them. Impossible steps throw a ControlError that says why. */
export class CaptureScenarios extends ScenarioBase {
  /** A buyer pays: order, approval, capture, with the events of each. */
  payerPays(wanted: PayerPays): CaptureView {
    return this.play(wanted, () => captureView(this.#pay(wanted, { status: 'COMPLETED' })));
  }

  /** The same, but the money is not there yet. */
  pendingPayment(wanted: PendingPayment): CaptureView {
    const { reason = 'UNILATERAL' } = wanted;
    return this.play(wanted, () => captureView(this.#pay(wanted, { status: 'PENDING', reason })));
  }

  /** The same, but the bank says no at once; `event` is the one PayPal tells it by. */
  declinedPayment(wanted: PayerPays & { event?: 'DENIED' | 'DECLINED' }): CaptureView {
    const { event = 'DECLINED' } = wanted;
    return this.play(wanted, () => captureView(this.#pay(wanted, { status: 'DECLINED', event })));
  }

  /** A pending payment comes through. */
  completePayment(wanted: Wishes & { captureId: string; fee?: string }): CaptureView {
    const row = this.#capture(wanted.captureId);
    const fee = this.optionalAmount('fee', wanted.fee, row.currency);
    return this.play(wanted, () => {
      completeCapture(this.world, row, fee);
      return captureView(row);
    });
  }

  /** A pending payment comes to nothing. */
  denyPayment(wanted: Wishes & { captureId: string; event?: 'DENIED' | 'DECLINED' }): CaptureView {
    const row = this.#capture(wanted.captureId);
    return this.play(wanted, () => {
      declineCapture(this.world, row, wanted.event ?? 'DENIED');
      return captureView(row);
    });
  }

  /** The merchant gives money back, on PayPal's pages. */
  refund(wanted: GiveBack): RefundView {
    return this.#giveBack(wanted, 'refund');
  }

  /** PayPal or a bank takes money back. */
  reverse(wanted: GiveBack): RefundView {
    return this.#giveBack(wanted, 'reversal');
  }

  /** A pending refund ends. */
  settleRefund(
    wanted: Wishes & { refundId: string; status?: 'COMPLETED' | 'FAILED' | 'CANCELLED' },
  ): RefundView {
    const row = this.row(this.world.refunds, 'refundId', wanted.refundId);
    return this.play(wanted, () => {
      settleRefund(this.world, row, wanted.status ?? 'COMPLETED');
      return refundView(row);
    });
  }

  /** The buyer approves an order the shop made through the API. */
  approveOrder(
    wanted: Wishes & Pick<PayerPays, 'payerEmail' | 'payerName' | 'source'> & { orderId: string },
  ): {
    orderId: string;
    status: string;
  } {
    const row = this.row(this.world.orders, 'orderId', wanted.orderId);
    return this.play(wanted, () => {
      const { email, source } = buyer(wanted);
      approveOrder(this.world, row, payerOf(this.world, email, wanted.payerName), source);
      return { orderId: row.id, status: row.status };
    });
  }

  #capture(id: string | undefined): CaptureRow {
    return this.row(this.world.captures, 'captureId', id);
  }

  #giveBack(wanted: GiveBack, kind: 'refund' | 'reversal'): RefundView {
    const row = this.#capture(wanted.captureId);
    const amount = this.optionalAmount('amount', wanted.amount, row.currency);
    const feeReturned = this.optionalAmount('feeReturned', wanted.feeReturned, row.currency);
    const status = wanted.isPending === true ? 'PENDING' : 'COMPLETED';
    const how = present({ amount, feeReturned, note: wanted.note });
    return this.play(wanted, () => refundView(giveBack(this.world, row, { kind, status, ...how })));
  }

  #pay(wanted: PayerPays, outcome: CaptureWishes & { event?: CaptureEvent }): CaptureRow {
    const { world } = this;
    const unit = this.#unit(wanted);
    const { email, source } = buyer(wanted);
    const payer = payerOf(world, email, wanted.payerName);
    const wishes = { ...this.#wishes(wanted, unit), ...outcome };
    if (wanted.resourceVersion === 'v1') {
      const { event, ...capture } = { ...PLAIN, ...wishes };
      const { currency, amount, invoiceId, customId, payee } = unit;
      const parentPayment = world.ids.payment();
      const about = { version: 'v1' as const, orderId: null, parentPayment, payer, source };
      return addCapture(world, { ...capture, currency, amount, invoiceId, customId, payee, ...about }, event);
    }
    const order = addOrder(world, { intent: 'CAPTURE', units: [unit], returnUrl: null });
    approveOrder(world, order, payer, source);
    const [capture] = captureOrder(world, order, wishes);
    if (capture === undefined) throw new Error('an order of one unit was captured into nothing');
    return capture;
  }

  #unit(wanted: PayerPays): PurchaseUnit {
    const { currency = 'GBP', invoiceId = null, customId = null } = wanted;
    if (typeof wanted.amount !== 'string') throw new ControlError('amount: a decimal string is needed');
    const { payee } = this.world;
    const { payeeMerchantId: merchantId = payee.merchantId } = wanted;
    return {
      referenceId: 'default',
      currency,
      amount: this.amount('amount', wanted.amount, currency),
      invoiceId,
      customId,
      description: null,
      payee: { ...payee, merchantId },
      captureIds: [],
    };
  }

  #wishes(wanted: PayerPays, { amount, currency }: PurchaseUnit): CaptureWishes & { fee: number } {
    return {
      fee: this.optionalAmount('fee', wanted.fee, currency) ?? usualFee(amount, currency),
      platformFee: this.optionalAmount('platformFee', wanted.platformFee, currency) ?? 0,
      settlement: wanted.settlement ?? null,
      authorizationId: wanted.isAuthorized === true ? this.world.ids.transaction() : null,
      finalCapture: wanted.finalCapture ?? true,
      valueDecimals: wanted.valueDecimals ?? null,
    };
  }
}

const PLAIN = {
  status: 'COMPLETED',
  reason: null,
  platformFee: 0,
  settlement: null,
  authorizationId: null,
  finalCapture: true,
  valueDecimals: null,
} as const;

/** Without an e-mail address it is a card that pays. */
function buyer({ payerEmail, source }: Pick<PayerPays, 'payerEmail' | 'source'>): {
  email: string | null;
  source: PaymentSource;
} {
  if (payerEmail === null) return { email: null, source: source ?? 'card' };
  return { email: payerEmail ?? 'sb-buyer@personal.example.com', source: source ?? 'paypal' };
}
