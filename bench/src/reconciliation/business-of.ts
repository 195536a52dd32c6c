import type { Database } from '@mlc/platform/postgres/database';

/** The month of the bench. */
export const MONTH = '2026-10';
/** Payments in a payout. */
const PER_PAYOUT = 200;
/** One payment of so many is taken back again. */
const ONE_IN_REVERSED = 50;

/** Name of the business with so many payments booked. */
export function businessOf(postings: number): string {
  return `bench-${postings}`;
}

/**
 * A business whose month has so many payments booked in FreshBooks, each with its ledger entry, debit and two events; some
 * reversed, all but the last days' paid out in payouts with fees and items.
 */
export async function fillBusiness(database: Database, postings: number): Promise<void> {
  const values = [businessOf(postings), postings];
  for (const text of [
    PAYMENTS,
    ENTRIES,
    REVERSALS,
    REVERSAL_ENTRIES,
    PAYOUTS,
    ITEMS,
    DEBITS,
    EVENTS,
    REVIEWS,
  ])
    await database.pool.query(text, text.includes('$2') ? values : values.slice(0, 1));
  await database.pool.query('ANALYZE');
}

/** Spread over the month so that days and keys are not in the order they were written. */
const DAY = `'${MONTH}-' || lpad((1 + n % 31 * 7919 % 31)::text, 2, '0')`;
const KEY = `md5($1 || n)`;
const AMOUNT = `1000 + n % 90000`;

const PAYMENTS = `
  INSERT INTO postings (key, business_id, kind, invoice_id, source_provider, source_id, cycle, amount_minor, currency,
    date, note, state, external_id, event_id)
  SELECT ${KEY}, $1, 'payment', (1000000 + n)::text, 'gocardless', 'PM' || n, 1, ${AMOUNT}, 'GBP', ${DAY},
    'GoCardless PM' || n, 'posted', (5000000 + n)::text, n::text
  FROM generate_series(1, $2::int) AS n`;

const COLUMNS = `business_id, key, kind, provider, debit, credit, amount_minor, currency, date, fact_date, source_provider,
  source_type, source_id, invoice_id, posting_key, payout_id, event_id, note`;

const ENTRIES = `
  INSERT INTO ledger_entries (${COLUMNS})
  SELECT business_id, 'collection:' || key, 'collection', 'gocardless', 'assets:clearing:gocardless',
    'assets:receivables', amount_minor, currency, date, date, source_provider, 'payment', source_id, invoice_id, key,
    NULL, event_id, note
  FROM postings WHERE business_id = $1 AND kind = 'payment'`;

const REVERSALS = `
  INSERT INTO postings (key, business_id, kind, invoice_id, source_provider, source_id, cycle, amount_minor, currency,
    date, note, state, external_id, reverses_key, event_id)
  SELECT md5('reversal' || key), business_id, 'reversal', invoice_id, source_provider, source_id, 1, amount_minor, currency,
    '${MONTH}-31', note, 'posted', external_id, key, event_id
  FROM postings WHERE business_id = $1 AND invoice_id::int % ${ONE_IN_REVERSED} = 0`;

const REVERSAL_ENTRIES = `
  INSERT INTO ledger_entries (${COLUMNS})
  SELECT business_id, 'reversal:' || key, 'reversal', 'gocardless', 'assets:receivables', 'assets:clearing:gocardless',
    amount_minor, currency, date, date, source_provider, 'payment', source_id, invoice_id, key, NULL, event_id, note
  FROM postings WHERE business_id = $1 AND kind = 'reversal'`;

/** Net and fee of each payout of the payments booked up to the 28th. */
const PAYOUTS = `
  INSERT INTO ledger_entries (${COLUMNS})
  SELECT $1, kind || ':gocardless:PO' || number, kind, 'gocardless',
    CASE kind WHEN 'fee' THEN 'expenses:fees:gocardless' ELSE 'assets:bank' END, 'assets:clearing:gocardless',
    CASE kind WHEN 'fee' THEN fee ELSE gross - fee END, 'GBP', '${MONTH}-29', '${MONTH}-29', 'gocardless', 'payout',
    'PO' || number, NULL, NULL, 'PO' || number, NULL, ''
  FROM (
    SELECT substr(source_id, 3)::int / ${PER_PAYOUT} AS number, sum(amount_minor)::bigint AS gross,
      (count(*) * 20)::bigint AS fee
    FROM postings WHERE business_id = $1 AND kind = 'payment' AND date <= '${MONTH}-28' GROUP BY 1
  ) AS payout, (VALUES ('payout'), ('fee')) AS entry(kind)`;

const ITEMS = `
  INSERT INTO payout_items (business_id, payout_id, position, type, amount_tenths, tax_tenths, payment_id)
  SELECT $1, 'PO' || substr(source_id, 3)::int / ${PER_PAYOUT}, substr(source_id, 3)::int, 'payment_paid_out',
    amount_minor * 10, 0, source_id
  FROM postings WHERE business_id = $1 AND kind = 'payment' AND date <= '${MONTH}-28'`;

const DEBITS = `
  INSERT INTO collections (id, business_id, invoice_id, invoice_number, client_id, attempt, origin, payment_id, mandate_id,
    amount_minor, currency, charge_date, state, idempotency_key)
  SELECT key, business_id, invoice_id, 'INV-' || invoice_id, '1', 1, 'ours', source_id, 'MD1', amount_minor, currency, date,
    'paid_out', key
  FROM postings WHERE business_id = $1 AND kind = 'payment'`;

const EVENTS = `
  INSERT INTO inbound_events (business_id, connection_id, provider, type, external_event_id, resource_id, payload,
    correlation_id, flow, state)
  SELECT $1, $1, 'gocardless', type, type || n, 'PM' || n, '{}', n::text, 'payment-to-freshbooks', 'done'
  FROM generate_series(1, $2::int) AS n, (VALUES ('payments.confirmed'), ('payments.paid_out')) AS event(type)`;

const REVIEWS = `
  INSERT INTO reviews (id, business_id, kind, subject_provider, subject_type, subject_id, reasons, candidates)
  SELECT md5($1 || n), $1, 'late_failure', 'gocardless', 'payment', 'PM' || n * ${ONE_IN_REVERSED}, ARRAY['late'], '[]'
  FROM generate_series(1, 100) AS n`;
