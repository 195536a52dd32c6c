import { feeItem, feeOf, inTenths, toMinor } from './fees.ts';
import type { Tenths } from './fees.ts';
import { paymentLife } from './payment-life.ts';
import { stepPayment, tellPayment } from './payment-machine.ts';
import { tellPayout } from './payout-events.ts';
import { unsettledRefunds, settleRefund } from './refund-course.ts';
import { NO_FX } from './wire.ts';
import type { Payment, Payout, PayoutItem, PayoutItemType, Refund } from './wire.ts';
import type { World } from './world.ts';

/** One line of a payout in the making, and what its settlement means to the thing it is about. */
interface Line {
  readonly item: PayoutItem;
  readonly tenths: Tenths;
  readonly isFee: boolean;
  readonly settle: (payout: Payout) => void;
}

const NOTHING = (): void => undefined;

/**
 * Builds the day's payouts, one per currency: everything due, minus fees, minus what banks and payers took back. A
 * currency whose total is not positive is carried over whole. `forced` debits are paid out before their day (simulators).
 */
export function buildPayouts(world: World, forced: readonly Payment[] = []): Payout[] {
  if (world.creditor().verification_status !== 'successful') return [];
  const currencies = new Set(world.payments.all().map(({ currency }) => currency));
  return [...currencies].sort().flatMap((currency) => buildPayout(world, currency, forced) ?? []);
}

function buildPayout(world: World, currency: string, forced: readonly Payment[]): Payout | undefined {
  const lines = [
    ...world.payments
      .where((payment) => payment.currency === currency)
      .flatMap((payment) => linesOf(world, payment, forced)),
    ...unsettledRefunds(world, currency).map((refund) => refundLine(world, refund)),
  ];
  const net = sum(lines);
  if (lines.length === 0 || net <= 0) return undefined;
  const fees = sum(lines.filter(({ isFee }) => isFee));
  const payout = newPayout(world, currency, toMinor(net), toMinor(net - fees) - toMinor(net));
  world.payouts.add(payout);
  world.payoutItems.set(
    payout.id,
    lines.map(({ item }) => item),
  );
  for (const line of lines) line.settle(payout);
  payout.status = 'paid';
  payout.arrival_date = world.today();
  tellPayout(world, payout, 'paid', 'payout_paid');
  return payout;
}

function sum(lines: readonly Line[]): Tenths {
  return lines.reduce((total, { tenths }) => total + tenths, 0);
}

function linesOf(world: World, payment: Payment, forced: readonly Payment[]): Line[] {
  const life = paymentLife(world, payment);
  const isDue =
    payment.status === 'confirmed' && (life.payoutOn <= world.today() || forced.includes(payment));
  if (isDue) return paidOutLines(world, payment);
  if (life.debit !== null) return takenBackLines(world, payment, life.debit);
  return life.credit ? [givenBackLine(world, payment)] : [];
}

function paidOutLines(world: World, payment: Payment): Line[] {
  const fee = feeOf(payment.amount, world.settings.fees);
  const settle = (payout: Payout): void => {
    const life = paymentLife(world, payment);
    life.isPaidOut = true;
    payment.links.payout = payout.id;
    stepPayment(world, payment, 'paid_out', { origin: 'gocardless', cause: 'payment_paid_out' });
  };
  const charged = {
    item: feeItem(fee, -1, payment.currency, payment.id),
    tenths: -(fee.net + fee.tax),
    isFee: true,
  };
  return [paymentLine(payment, 'payment_paid_out', 1, settle), { ...charged, settle: NOTHING }];
}

/** A late failure gives its fee back; a chargeback does not. */
function takenBackLines(
  world: World,
  payment: Payment,
  type: 'payment_failed' | 'payment_charged_back',
): Line[] {
  const action = type === 'payment_failed' ? 'late_failure_settled' : 'chargeback_settled';
  const settle = (): void => {
    const life = paymentLife(world, payment);
    life.debit = null;
    life.isPaidOut = false;
    tellPayment(world, payment, action, { origin: 'gocardless', cause: action });
  };
  const debit = paymentLine(payment, type, -1, settle);
  if (type === 'payment_charged_back') return [debit];
  const fee = feeOf(payment.amount, world.settings.fees);
  const refunded = {
    item: feeItem(fee, 1, payment.currency, payment.id),
    tenths: fee.net + fee.tax,
    isFee: true,
  };
  return [debit, { ...refunded, settle: NOTHING }];
}

function givenBackLine(world: World, payment: Payment): Line {
  return paymentLine(payment, 'payment_paid_out', 1, (payout) => {
    const life = paymentLife(world, payment);
    life.credit = false;
    life.isPaidOut = true;
    payment.links.payout = payout.id;
  });
}

function paymentLine(payment: Payment, type: PayoutItemType, sign: 1 | -1, settle: Line['settle']): Line {
  const tenths = sign * payment.amount * 10;
  const item = { type, amount: inTenths(tenths), taxes: [], links: { payment: payment.id } };
  return { item, tenths, isFee: false, settle };
}

function refundLine(world: World, refund: Refund): Line {
  const sign = refund.status === 'bounced' ? 1 : -1;
  const tenths = sign * refund.amount * 10;
  const type = sign === 1 ? 'refund_funds_returned' : 'payment_refunded';
  const links = { ...refund.links, refund: refund.id };
  return {
    item: { type, amount: inTenths(tenths), taxes: [], links },
    tenths,
    isFee: false,
    settle: () => settleRefund(world, refund),
  };
}

function newPayout(world: World, currency: string, amount: number, deductedFees: number): Payout {
  const creditor = world.creditor();
  const id = world.ids.next('PO');
  return {
    id,
    created_at: world.timestamp(),
    amount,
    deducted_fees: deductedFees,
    currency,
    reference: `${creditor.bank_reference_prefix}-${id.slice(-11)}`,
    status: 'pending',
    arrival_date: null,
    payout_type: 'merchant',
    fx: { ...NO_FX },
    tax_currency: 'GBP',
    metadata: {},
    links: {
      creditor_bank_account: creditor.links[`default_${currency.toLowerCase()}_payout_account`] ?? '',
      creditor: creditor.id,
    },
  };
}
