import type { FeeSettings, Settings } from './settings.ts';
import type { PayoutItem, PayoutItemType, Tax } from './wire.ts';

/** Payout arithmetic counts whole tenths of a minor unit: items are written with exactly one decimal (2.11). */
export type Tenths = number;

/** A debit's fee without tax and the tax on it. */
export interface Fee {
  readonly net: Tenths;
  readonly tax: Tenths;
}

export function feeOf(
  amountMinor: number,
  { basisPoints, fixedMinor, capMinor, vatBasisPoints }: FeeSettings,
): Fee {
  const asked = Math.round((amountMinor * basisPoints) / 1000) + fixedMinor * 10;
  const net = capMinor === null ? asked : Math.min(asked, capMinor * 10);
  return { net, tax: Math.round((net * vatBasisPoints) / 10_000) };
}

/** Signed text with one decimal: -2640 tenths are "-264.0". */
export function inTenths(tenths: Tenths): string {
  const size = Math.abs(tenths);
  return `${tenths < 0 ? '-' : ''}${Math.floor(size / 10)}.${size % 10}`;
}

/** Reads such a text; undefined when it is none. */
export function fromTenths(text: string): Tenths | undefined {
  const [, sign, whole = '0', tenth = '0'] = /^(-?)(\d+)(?:\.(\d))?$/.exec(text) ?? [];
  return sign === undefined ? undefined : (sign === '-' ? -1 : 1) * (Number(whole) * 10 + Number(tenth));
}

/** Halves go away from zero. */
export function toMinor(tenths: Tenths): number {
  return Math.sign(tenths) * Math.round(Math.abs(tenths) / 10);
}

/** Charged for a debit that failed or was charged back, taxed as fees are. */
export function surchargeOf({ surchargeMinor, fees }: Pick<Settings, 'surchargeMinor' | 'fees'>): Fee {
  const net = surchargeMinor * 10;
  return { net, tax: Math.round((net * fees.vatBasisPoints) / 10_000) };
}

/** A fee item of a debit; `sign` +1 gives it back. The amount includes the tax, `taxes` says how much of it. */
export function feeItem(charge: {
  readonly type: PayoutItemType;
  readonly fee: Fee;
  readonly sign: 1 | -1;
  readonly currency: string;
  readonly paymentId: string;
}): PayoutItem {
  const { type, fee, sign, currency, paymentId } = charge;
  const taxes = fee.tax === 0 ? [] : [taxOf(sign * fee.tax, currency)];
  const amount = inTenths(sign * (fee.net + fee.tax));
  return { type, amount, taxes, links: { payment: paymentId } };
}

/** A British merchant: tax in another currency is converted later (`tax_exchange_rates_confirmed`). */
function taxOf(tenths: Tenths, currency: string): Tax {
  return {
    amount: inTenths(tenths),
    currency,
    destination_amount: null,
    destination_currency: 'GBP',
    exchange_rate: null,
    tax_rate_id: 'GB_VAT_1',
  };
}
