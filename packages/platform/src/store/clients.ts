import type { AskedMandate, SentMandateRequest, ClientLink, Clock, ClientStore } from '@mlc/core';
import type { Sql } from '../postgres/sql.ts';

/** Which client is which customer, and what clients asked of us; of one business, in Postgres. */
export function clientStore(sql: Sql, businessId: string, clock: Clock): ClientStore {
  return { ...links(sql, businessId, clock), ...mandateRequests(sql, businessId) };
}

const LINK_OF = `SELECT customer_id AS "customerId", why, linked_at AS "linkedAt" FROM client_links
  WHERE business_id = $1 AND client_id = $2`;
const CLIENTS_OF = `SELECT client_id AS "clientId" FROM client_links WHERE business_id = $1 AND customer_id = $2`;
const LINK = `INSERT INTO client_links (business_id, client_id, customer_id, why, linked_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (business_id, client_id) DO UPDATE
  SET customer_id = EXCLUDED.customer_id, why = EXCLUDED.why, linked_at = EXCLUDED.linked_at`;
/** What is said of the invoice itself comes first. */
const OPT_OUT = `SELECT why FROM opt_outs
  WHERE business_id = $1 AND ((kind = 'invoice' AND id = $2) OR (kind = 'client' AND id = $3)) ORDER BY kind DESC LIMIT 1`;
const MANDATE_REQUEST = `SELECT billing_request_id AS "billingRequestId", authorisation_url AS "authorisationUrl",
    requested_at AS "requestedAt"
  FROM currency_mandate_requests WHERE business_id = $1 AND client_id = $2 AND currency = $3 AND scheme = $4`;
const SET_MANDATE_REQUEST = `INSERT INTO currency_mandate_requests
    (business_id, client_id, currency, scheme, billing_request_id, authorisation_url, requested_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (business_id, client_id, currency, scheme) DO UPDATE SET billing_request_id = EXCLUDED.billing_request_id,
    authorisation_url = EXCLUDED.authorisation_url, requested_at = EXCLUDED.requested_at`;
const CLIENT_OF_REQUEST = `SELECT client_id AS "clientId" FROM (
    SELECT client_id, 1 AS place FROM currency_mandate_requests WHERE business_id = $1 AND billing_request_id = $2
    UNION ALL SELECT client_id, 2 FROM mandate_requests WHERE business_id = $1 AND billing_request_id = $2) AS asked
  ORDER BY place LIMIT 1`;

function links(sql: Sql, businessId: string, clock: Clock) {
  return {
    linkOf: async (clientId: string): Promise<ClientLink | null> => {
      const [link] = await sql.rows<ClientLink>(LINK_OF, [businessId, clientId]);
      return link ?? null;
    },
    clientsOf: async (customerId: string) => {
      const rows = await sql.rows<{ clientId: string }>(CLIENTS_OF, [businessId, customerId]);
      return rows.map((row) => row.clientId).sort();
    },
    link: async (clientId: string, customerId: string, why: string) => {
      await sql.tell(LINK, [businessId, clientId, customerId, why, clock.now()]);
    },
    optOut: async (invoiceId: string, clientId: string) => {
      const [row] = await sql.rows<{ why: string }>(OPT_OUT, [businessId, invoiceId, clientId]);
      return row?.why ?? null;
    },
  };
}

/** Old requests, kept per client only, are still fulfilled: they tell whose mandate it is. */
function mandateRequests(sql: Sql, businessId: string) {
  return {
    mandateRequest: async (clientId: string, asked: AskedMandate): Promise<SentMandateRequest | null> => {
      const key = [businessId, clientId, asked.currency, asked.scheme];
      const [request] = await sql.rows<SentMandateRequest>(MANDATE_REQUEST, key);
      return request ?? null;
    },
    setMandateRequest: async (clientId: string, asked: AskedMandate, request: SentMandateRequest) => {
      const key = [businessId, clientId, asked.currency, asked.scheme];
      const { billingRequestId, authorisationUrl, requestedAt } = request;
      await sql.tell(SET_MANDATE_REQUEST, [...key, billingRequestId, authorisationUrl, requestedAt]);
    },
    clientOfMandateRequest: async (billingRequestId: string) => {
      const [row] = await sql.rows<{ clientId: string }>(CLIENT_OF_REQUEST, [businessId, billingRequestId]);
      return row?.clientId ?? null;
    },
  };
}
