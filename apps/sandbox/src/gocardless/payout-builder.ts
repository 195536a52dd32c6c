import { toMinor } from './fees.ts';
import type { Tenths } from './fees.ts';
import { isExchanged, payoutFx } from './fx.ts';
import { tellPayout } from './payout-events.ts';
import { currenciesOf, dueLines, isFee } from './payout-lines.ts';
import type { Line } from './payout-lines.ts';
import type { Creditor, Payment, Payout } from './wire.ts';
import type { World } from './world.ts';

/**
 * Builds the day's payouts, one per currency and creditor: everything due, minus fees, minus what banks and payers took back. A
 * currency whose total is not positive is carried over whole. `forced` debits are paid out before their day (simulators).
 */
export function buildPayouts(world: World, forced: readonly Payment[] = []): Payout[] {
  if (world.creditor().verification_status !== 'successful') return [];
  return currenciesOf(world).flatMap((currency) => {
    const lines = dueLines(world, currency, forced);
    return world.creditors.all().flatMap((creditor) => {
      const own = lines.filter((line) => creditorOf(world, line) === creditor);
      return sum(own) <= 0 ? [] : sendPayout(world, { currency, creditor }, own);
    });
  });
}

/** A payout of what others paid in fees, to the partner whose app they use: nobody's debits are in it (2.10). */
export function buildPartnerPayout(world: World, currency: string, lines: readonly Line[]): Payout {
  return sendPayout(world, { currency, creditor: world.creditor() }, lines, 'partner');
}

/** Whose payer the line is about; what is about none is the organisation's own. */
function creditorOf(world: World, { item: { links } }: Line): Creditor {
  const payment = world.payments.get(links.payment ?? '');
  const mandate = world.mandates.get(links.mandate ?? '');
  return world.creditors.get((payment ?? mandate)?.links.creditor ?? '') ?? world.creditor();
}

interface Whose {
  readonly currency: string;
  readonly creditor: Creditor;
}

/** The event `paid` comes at once, also of a payout whose exchange rate is still open and which stays `pending`. */
function sendPayout(
  world: World,
  whose: Whose,
  lines: readonly Line[],
  type: Payout['payout_type'] = 'merchant',
): Payout {
  const net = sum(lines);
  const fees = type === 'partner' ? 0 : sum(lines.filter(isFee));
  const payout = newPayout(world, whose, toMinor(net), toMinor(net - fees) - toMinor(net));
  payout.payout_type = type;
  world.payouts.add(payout);
  world.payoutItems.set(
    payout.id,
    lines.map(({ item }) => item),
  );
  for (const line of lines) line.settle(payout);
  if (!isExchanged(payout)) {
    payout.status = 'paid';
    payout.arrival_date = world.today();
  }
  tellPayout(world, payout, 'paid', 'payout_paid');
  return payout;
}

function sum(lines: readonly Line[]): Tenths {
  return lines.reduce((total, { tenths }) => total + tenths, 0);
}

function newPayout(
  world: World,
  { currency, creditor }: Whose,
  amount: number,
  deductedFees: number,
): Payout {
  const id = world.ids.next('PO');
  const fx = payoutFx(world, currency);
  const accountCurrency = (fx.fx_currency ?? currency).toLowerCase();
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
    fx,
    tax_currency: 'GBP',
    metadata: {},
    links: {
      creditor_bank_account: creditor.links[`default_${accountCurrency}_payout_account`] ?? '',
      creditor: creditor.id,
    },
  };
}
