import { feeItem, feeOf, inTenths, surchargeOf } from './fees.ts';
import type { Fee, Tenths } from './fees.ts';
import { paymentLife } from './payment-life.ts';
import { stepPayment, tellPayment } from './payment-machine.ts';
import type { PlannedItem } from './planned-item.ts';
import { settleRefund, unsettledRefunds } from './refund-course.ts';
import type { Payment, Payout, PayoutItem, PayoutItemType, Refund } from './wire.ts';
import type { World } from './world.ts';

/** One line of a payout in the making, and what its settlement means to the thing it is about. */
export interface Line {
  readonly item: PayoutItem;
  readonly tenths: Tenths;
  readonly settle: (payout: Payout) => void;
}

const FEES: readonly string[] = ['gocardless_fee', 'app_fee', 'surcharge_fee'];
const NOTHING = (): void => undefined;

/** Everything the next payout of a currency has to settle. `forced` debits are paid out before their day. */
export function dueLines(world: World, currency: string, forced: readonly Payment[]): Line[] {
  return [
    ...world.payments
      .where((payment) => payment.currency === currency)
      .flatMap((payment) => [...moneyLines(world, payment, forced), ...surchargeLines(world, payment)]),
    ...unsettledRefunds(world, currency).map((refund) => refundLine(world, refund)),
    ...world.plannedItems
      .filter((planned) => planned.currency === currency)
      .map((planned) => plannedLine(world, planned)),
  ];
}

/** Those that make `deducted_fees`. */
export function isFee({ item }: Line): boolean {
  return FEES.includes(item.type);
}

/** Currencies in which there could be something to settle. */
export function currenciesOf(world: World): string[] {
  const rows = [...world.payments.all(), ...world.refunds.all(), ...world.plannedItems];
  return [...new Set(rows.map(({ currency }) => currency))].sort();
}

function moneyLines(world: World, payment: Payment, forced: readonly Payment[]): Line[] {
  const life = paymentLife(world, payment);
  const isDue =
    payment.status === 'confirmed' && (life.payoutOn <= world.today() || forced.includes(payment));
  if (isDue) return paidOutLines(world, payment);
  if (life.debit !== null) return takenBackLines(world, payment, life.debit);
  return life.credit ? [givenBackLine(world, payment)] : [];
}

function paidOutLines(world: World, payment: Payment): Line[] {
  const settle = (payout: Payout): void => {
    const life = paymentLife(world, payment);
    life.isPaidOut = true;
    payment.links.payout = payout.id;
    stepPayment(world, payment, 'paid_out', { origin: 'gocardless', cause: 'payment_paid_out' });
  };
  return [paymentLine(payment, 'payment_paid_out', 1, settle), ...feeLines(world, payment, -1)];
}

/** A late failure gives its fees back; a chargeback does not. */
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
  return type === 'payment_charged_back' ? [debit] : [debit, ...feeLines(world, payment, 1)];
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
  return { item, tenths, settle };
}

/** GoCardless' fee and the app's, taken (-1) or given back (+1); none when fees are invoiced apart (2.10). */
function feeLines(world: World, payment: Payment, sign: 1 | -1): Line[] {
  const { fees, feesInvoicedMonthly } = world.settings;
  const own = feesInvoicedMonthly ? { net: 0, tax: 0 } : feeOf(payment.amount, fees);
  const app = { net: (payment.app_fee ?? 0) * 10, tax: 0 };
  return [
    ...feeLine(payment, { type: 'gocardless_fee', fee: own, sign }),
    ...feeLine(payment, { type: 'app_fee', fee: app, sign }),
  ];
}

/** What a failure or a chargeback costs on top; given back when the chargeback is cancelled. */
function surchargeLines(world: World, payment: Payment): Line[] {
  const life = paymentLife(world, payment);
  if (life.surcharge !== 'due' && life.surcharge !== 'due-back') return [];
  const isBack = life.surcharge === 'due-back';
  const action = isBack ? 'surcharge_fee_credited' : 'surcharge_fee_debited';
  const settle = (): void => {
    life.surcharge = isBack ? null : 'borne';
    tellPayment(world, payment, action, { origin: 'gocardless', cause: action });
  };
  const fee = surchargeOf(world.settings);
  return feeLine(payment, { type: 'surcharge_fee', fee, sign: isBack ? 1 : -1 }, settle);
}

function feeLine(
  payment: Payment,
  charge: { type: PayoutItemType; fee: Fee; sign: 1 | -1 },
  settle = NOTHING,
): Line[] {
  const tenths = charge.sign * (charge.fee.net + charge.fee.tax);
  if (tenths === 0) return [];
  const { currency, id: paymentId } = payment;
  return [{ item: feeItem({ ...charge, currency, paymentId }), tenths, settle }];
}

/** A refund that is not tied to a payment is an item `refund` (2.11). */
function refundLine(world: World, refund: Refund): Line {
  const sign = refund.status === 'bounced' ? 1 : -1;
  const tenths = sign * refund.amount * 10;
  const taken = refund.links.payment === undefined ? 'refund' : 'payment_refunded';
  const type = sign === 1 ? 'refund_funds_returned' : taken;
  const links = { ...refund.links, refund: refund.id };
  const item = { type, amount: inTenths(tenths), taxes: [], links } as const;
  return { item: { ...item, taxes: [] }, tenths, settle: () => settleRefund(world, refund) };
}

function plannedLine(world: World, planned: PlannedItem): Line {
  const settle = (): void => void world.plannedItems.splice(world.plannedItems.indexOf(planned), 1);
  return { item: planned.item, tenths: planned.tenths, settle };
}
