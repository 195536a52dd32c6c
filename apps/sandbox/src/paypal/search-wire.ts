import { money } from './amounts.ts';
import { fullName } from './order-wire.ts';
import { affectsBalance } from './search-rows.ts';
import type { SearchField, SearchQuery } from './search-query.ts';
import type { SearchPage, SeenRow } from './search.ts';
import { compact } from './times.ts';
import { given, links } from './wire-tools.ts';
import type { Wire } from './wire-tools.ts';
import type { World } from './world.ts';

const PATH = '/v1/reporting/transactions';

/** The answer of Transaction Search: `+0000` dates, negative fees (paypal.md 4.4). */
export function searchWire(world: World, query: SearchQuery, page: SearchPage): Wire {
  return {
    transaction_details: page.rows.map((seen) => detailWire(world, seen, query)),
    account_number: world.merchant.merchantId,
    start_date: compact(query.fromMs),
    end_date: compact(Math.min(query.toMs, page.refreshedMs)),
    last_refreshed_datetime: compact(page.refreshedMs),
    page: query.page,
    total_items: page.total,
    total_pages: page.pages,
    links: pageLinks(query, page.pages),
  };
}

function detailWire(world: World, seen: SeenRow, query: SearchQuery): Wire {
  const parts: Record<SearchField, () => Wire> = {
    transaction_info: () => infoWire(world, seen, query),
    payer_info: () => payerWire(seen),
    shipping_info: () => shippingWire(seen),
    cart_info: () => cartWire(seen),
    store_info: () => ({}),
    auction_info: () => ({}),
    incentive_info: () => ({}),
  };
  const names = Object.keys(parts) as SearchField[];
  return Object.fromEntries(
    names.filter((name) => query.fields.has(name)).map((name) => [name, parts[name]()]),
  );
}

/** `paypal_account_id` is the other side's account. */
function infoWire(world: World, { row, version }: SeenRow, query: SearchQuery): Wire {
  const { currency } = row;
  const balance = money(world.statement.balance(currency, version.atMs), currency);
  const showsBalance = !query.isFiltered && affectsBalance(row, version);
  return {
    paypal_account_id: row.payer?.accountId,
    transaction_id: row.id,
    paypal_reference_id: row.reference?.id,
    paypal_reference_id_type: row.reference?.type,
    transaction_event_code: row.code,
    transaction_initiation_date: compact(row.initiatedMs),
    transaction_updated_date: compact(version.atMs),
    transaction_amount: row.oddAmount ?? money(version.amount, currency),
    ...(version.fee !== 0 && { fee_amount: money(version.fee, currency) }),
    transaction_status: version.status,
    transaction_subject: row.subject,
    ...(showsBalance && { ending_balance: balance, available_balance: balance }),
    invoice_id: given(row.invoiceId ?? null),
    custom_field: given(row.custom ?? null),
    protection_eligibility: '01',
    instrument_type: row.instrument === undefined ? undefined : 'PAYPAL',
  };
}

function payerWire({ row: { payer } }: SeenRow): Wire {
  if (payer === null) return { address_status: 'N', payer_name: {} };
  const { givenName, surname } = payer;
  return {
    account_id: payer.accountId,
    email_address: given(payer.email),
    address_status: 'Y',
    payer_status: 'Y',
    payer_name: { given_name: givenName, surname, alternate_full_name: fullName(payer) },
    country_code: payer.countryCode,
  };
}

function shippingWire({ row: { payer } }: SeenRow): Wire {
  return payer === null ? {} : { name: fullName(payer) };
}

function cartWire({ row }: SeenRow): Wire {
  if (row.invoiceId === undefined || row.invoiceId === null) return {};
  return { item_details: [{ item_quantity: '1', invoice_number: row.invoiceId }] };
}

function pageLinks({ startDate, endDate, page, pageSize }: SearchQuery, pages: number): Wire[] {
  const link = (rel: string, number: number): { rel: string; path: string } => {
    const query = new URLSearchParams({
      start_date: startDate,
      end_date: endDate,
      page_size: String(pageSize),
      page: String(number),
    });
    return { rel, path: `${PATH}?${query.toString()}` };
  };
  return links(
    link('self', page),
    ...(page < pages ? [link('next', page + 1), link('last', pages)] : []),
    ...(page > 1 ? [link('first', 1), link('prev', page - 1)] : []),
  );
}
