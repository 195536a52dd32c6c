import { type AccountComparison, ConnectorError } from '@mlc/core';
import { z } from 'zod';
import { type PaypalAccess, paypalClient, type PaypalClient } from './client.ts';
import { toPaypalMoment } from './moment.ts';

/** A connection and the merchant that its business file names. */
export type PaypalAccount = PaypalAccess & { readonly merchantId: string };

/** What is asked of Transaction Search: an hour that lies behind its lag (paypal.md 4.4), so that it is never refused as too new. */
const BEHIND_MS = 24 * 60 * 60 * 1000;
const WINDOW_MS = 60 * 60 * 1000;

/** Merchant ids as PayPal's answers have them; both readings have to look like one before their difference proves anything. */
const ID = /^[A-Z0-9]{6,32}$/i;
/** `account_number` is not documented as the merchant id: alone it proves something only where it is written as one. */
const MERCHANT_ID = /^[A-Z0-9]{13}$/i;

const balances = z.object({ account_id: z.unknown() });
const transactions = z.object({ account_number: z.unknown() });

interface Statement {
  /** As PayPal wrote it; null when it said none. */
  readonly id: string | null;
  /** Why there is none. */
  readonly why: string;
}

/**
 * The merchant that PayPal says the credentials are of: the balances' `account_id`, and where that is not to be had or differs,
 * the `account_number` of Transaction Search as a second word (paypal.md 4.4). Never rejects for a failure of the calls.
 */
export async function paypalAccount(access: PaypalAccount): Promise<AccountComparison> {
  const client = paypalClient(access);
  const first = await stated(() => balancesOwner(client));
  const said = first.statement;
  if (isSame(said.id, access.merchantId)) return sameAs(access.merchantId);
  if (first.isHopeless) return { verdict: 'unknown', said: said.why };
  const { statement } = await stated(() => searchOwner(client, access));
  return compare(access.merchantId, said, statement);
}

function compare(merchantId: string, balance: Statement, search: Statement): AccountComparison {
  if (isSame(search.id, merchantId)) {
    return balance.id !== null && ID.test(balance.id)
      ? { verdict: 'unknown', said: `PayPal names two accounts, ${balance.id} and ${search.id ?? ''}` }
      : sameAs(merchantId);
  }
  if (balance.id !== null && ID.test(balance.id) && ID.test(merchantId)) return other(balance.id, merchantId);
  if (search.id !== null && MERCHANT_ID.test(search.id) && MERCHANT_ID.test(merchantId))
    return other(search.id, merchantId);
  return { verdict: 'unknown', said: balance.id === null ? balance.why : `PayPal names ${balance.id}` };
}

const sameAs = (merchantId: string): AccountComparison => ({
  verdict: 'same',
  said: `merchant ${merchantId}`,
});

function other(actual: string, merchantId: string): AccountComparison {
  return {
    verdict: 'other',
    said: `the credentials are of PayPal merchant ${actual}, not of ${merchantId}: correct connections.paypal.merchantId, or the client id and secret, and apply the file`,
  };
}

function isSame(id: string | null, merchantId: string): boolean {
  return id?.toUpperCase() === merchantId.trim().toUpperCase();
}

/** Hopeless: PayPal cannot be asked at all now, so that a second question would wait for nothing. */
async function stated(
  ask: () => Promise<unknown>,
): Promise<{ readonly statement: Statement; readonly isHopeless: boolean }> {
  try {
    const id = await ask();
    const isText = typeof id === 'string' && id.trim() !== '';
    return {
      statement: { id: isText ? id.trim() : null, why: 'PayPal does not say whose account it is' },
      isHopeless: false,
    };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { statement: { id: null, why: error.message }, isHopeless: error.kind !== 'rejected' };
  }
}

async function balancesOwner(client: PaypalClient): Promise<unknown> {
  const { account_id: id } = await client.send({
    operation: 'whoseAccount',
    method: 'GET',
    path: '/v1/reporting/balances',
    query: { currency_code: 'ALL' },
    answer: balances,
  });
  return id;
}

async function searchOwner(client: PaypalClient, { clock }: PaypalAccess): Promise<unknown> {
  const toMs = clock.now().getTime() - BEHIND_MS;
  const { account_number: id } = await client.send({
    operation: 'whoseAccount',
    method: 'GET',
    path: '/v1/reporting/transactions',
    query: {
      start_date: toPaypalMoment(toMs - WINDOW_MS),
      end_date: toPaypalMoment(toMs),
      page_size: '1',
      page: '1',
    },
    answer: transactions,
  });
  return id;
}
