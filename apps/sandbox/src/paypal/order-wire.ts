import { money } from './amounts.ts';
import { nestedCaptureWire } from './capture-wire.ts';
import type { CaptureRow, OrderRow, Payer, PurchaseUnit } from './rows.ts';
import { seconds } from './times.ts';
import { given, links } from './wire-tools.ts';
import type { Link, Wire } from './wire-tools.ts';

type Captures = ReadonlyMap<string, CaptureRow>;

/** `GET /v2/checkout/orders/{id}` (paypal.md 5.2). */
export function orderWire(row: OrderRow, captures: Captures): Wire {
  const payee = (unit: PurchaseUnit): Wire => ({
    email_address: unit.payee.email,
    merchant_id: unit.payee.merchantId,
  });
  return {
    id: row.id,
    intent: row.intent,
    status: row.status,
    ...payerParts(row),
    purchase_units: row.units.map((unit) => unitWire(unit, captures, payee(unit))),
    create_time: seconds(row.createdMs),
    ...(row.updatedMs > row.createdMs && { update_time: seconds(row.updatedMs) }),
    links: links(...ownLinks(row)),
  };
}

/** The answer to a POST without `Prefer: return=representation`. */
export function thinOrderWire(row: OrderRow, approveUrl: string): Wire {
  const approve = row.status === 'PAYER_ACTION_REQUIRED' ? 'payer-action' : 'approve';
  const isOpen = row.status === 'CREATED' || row.status === 'PAYER_ACTION_REQUIRED';
  const own = links(...ownLinks(row));
  return {
    id: row.id,
    status: row.status,
    links: isOpen ? [...own, { href: approveUrl, rel: approve, method: 'GET' }] : own,
  };
}

/** Resource of CHECKOUT.ORDER.APPROVED and COMPLETED: another order, less of the payee (paypal.md A.1, A.2). */
export function orderEventWire(row: OrderRow, captures: Captures): Wire {
  const isCompleted = row.status === 'COMPLETED';
  const payee = (unit: PurchaseUnit): Wire =>
    isCompleted ? { merchant_id: unit.payee.merchantId } : { email_address: unit.payee.email };
  return {
    create_time: seconds(row.createdMs),
    ...(isCompleted && { update_time: seconds(row.updatedMs) }),
    purchase_units: row.units.map((unit) => unitWire(unit, captures, payee(unit))),
    links: links(...(isCompleted ? ownLinks(row).slice(0, 1) : ownLinks(row))),
    id: row.id,
    ...payerParts(row),
    intent: row.intent,
    status: row.status,
  };
}

function unitWire(unit: PurchaseUnit, captures: Captures, payee: Wire): Wire {
  const own = unit.captureIds.flatMap((id) => captures.get(id) ?? []);
  return {
    reference_id: unit.referenceId,
    amount: { ...money(unit.amount, unit.currency), breakdown: {} },
    payee,
    description: given(unit.description),
    custom_id: given(unit.customId),
    invoice_id: given(unit.invoiceId),
    ...(own.length > 0 && { payments: { captures: own.map(nestedCaptureWire) } }),
  };
}

/** A card or a local method tells no e-mail address and no payer: a normal case (paypal.md 5.2). */
function payerParts({ payer, source }: OrderRow): Wire {
  if (payer === null) return {};
  const name = { given_name: payer.givenName, surname: payer.surname };
  const address = { country_code: payer.countryCode };
  if (source === 'card')
    return { payment_source: { card: { last_digits: '1111', brand: 'VISA', type: 'CREDIT' } } };
  if (source === 'ideal')
    return { payment_source: { ideal: { name: fullName(payer), country_code: 'NL', bic: 'INGBNL2A' } } };
  const email_address = given(payer.email);
  return {
    payment_source: {
      paypal: { email_address, account_id: payer.accountId, account_status: 'VERIFIED', name, address },
    },
    payer: { name, email_address, payer_id: payer.accountId, address },
  };
}

/** Given name and surname. */
export function fullName({ givenName, surname }: Payer): string {
  return `${givenName} ${surname}`;
}

function ownLinks({ id, status }: OrderRow): Link[] {
  const path = `/v2/checkout/orders/${id}`;
  const self = { rel: 'self', path };
  if (status === 'COMPLETED') return [self];
  return [
    self,
    { rel: 'update', path, method: 'PATCH' },
    { rel: 'capture', path: `${path}/capture`, method: 'POST' },
  ];
}
