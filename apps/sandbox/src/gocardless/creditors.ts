import { Fields } from './fields.ts';
import { linked } from './resource.ts';
import type { Creditor } from './wire.ts';
import type { World } from './world.ts';

/** One more party that takes debits, verified already. The first one is the organisation's own. */
export function addCreditor(world: World, name: string): Creditor {
  const id = world.ids.next('CR');
  const links: Record<string, string> = {};
  for (const currency of ['gbp', 'eur', 'usd', 'aud', 'nzd', 'cad', 'sek', 'dkk']) {
    links[`default_${currency}_payout_account`] = world.ids.next('BA');
  }
  const creditor: Creditor = {
    id,
    created_at: world.timestamp(),
    name,
    verification_status: 'successful',
    can_create_refunds: false,
    fx_payout_currency: null,
    merchant_responsible_for_notifications: true,
    bank_reference_prefix: 'MLC',
    country_code: 'GB',
    scheme_identifiers: [
      { name, scheme: 'bacs', currency: 'GBP', minimum_advance_notice: 3, status: 'active' },
    ],
    links,
  };
  world.creditors.add(creditor);
  return creditor;
}

/** The creditor a body names; an account with several wants one named (gocardless.md 2.14). */
export function creditorNamed(world: World, fields: Fields, collection: string): Creditor {
  const id = fields.optionalLink('creditor');
  if (id !== null) return linked(world.creditors.get(id), 'creditor', collection);
  if (world.creditors.all().length > 1) {
    fields.fail('creditor', 'must be named, the account has several');
    fields.check();
  }
  return world.creditor();
}
