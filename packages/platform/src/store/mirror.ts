import { type Consent, toPlainJson, type DebitCustomer, type Mandate, type MirrorStore } from '@mlc/core';
import type { Sql } from '../postgres/sql.ts';

/** GoCardless metadata key that names the FreshBooks client (design section 4). */
const CLIENT_KEY = 'freshbooks_client_id';

/** Customers and mandates of one business as GoCardless last showed them, in Postgres. */
export function mirrorStore(sql: Sql, businessId: string): MirrorStore {
  return {
    ...mirroredCustomers(sql, businessId),
    ...mirroredMandates(sql, businessId),
    progress: async (resource) => {
      const [row] = await sql.rows<Progress>(PROGRESS, [businessId, resource]);
      return row ?? null;
    },
    setProgress: async (resource, { fullAt, newestCreatedAt }) => {
      await sql.tell(SET_PROGRESS, [businessId, resource, fullAt, newestCreatedAt]);
    },
  };
}

interface Progress {
  readonly fullAt: Date;
  readonly newestCreatedAt: string;
}

const PROGRESS = `SELECT full_at AS "fullAt", newest_created_at AS "newestCreatedAt" FROM mirror_progress
  WHERE business_id = $1 AND resource = $2`;
const SET_PROGRESS = `INSERT INTO mirror_progress (business_id, resource, full_at, newest_created_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (business_id, resource) DO UPDATE
  SET full_at = EXCLUDED.full_at, newest_created_at = EXCLUDED.newest_created_at`;
const CUSTOMERS = `SELECT id, email, name, metadata, created_at AS "createdAt" FROM mirrored_customers
  WHERE business_id = $1 AND `;
const CUSTOMER = `${CUSTOMERS} id = $2`;
const BY_EMAIL = `${CUSTOMERS} email_lower = $2`;
const BY_CLIENT = `${CUSTOMERS} client_id = $2`;
const MANDATES = 'SELECT data FROM mirrored_mandates WHERE business_id = $1 AND customer_id = $2';
const REMOVE_CUSTOMER = `WITH mandates AS (DELETE FROM mirrored_mandates WHERE business_id = $1 AND customer_id = $2)
  DELETE FROM mirrored_customers WHERE business_id = $1 AND id = $2`;

function mirroredCustomers(sql: Sql, businessId: string) {
  const list = async (query: string, value: string): Promise<readonly DebitCustomer[]> =>
    (await sql.rows<DebitCustomer>(query, [businessId, value])).sort(byCreation);
  return {
    putCustomers: async (customers: readonly DebitCustomer[]) => {
      if (customers.length > 0) await sql.tell(UPSERT_CUSTOMERS, [businessId, customersAsJson(customers)]);
    },
    removeCustomer: async (customerId: string) => {
      await sql.tell(REMOVE_CUSTOMER, [businessId, customerId]);
    },
    customer: async (id: string) => (await list(CUSTOMER, id))[0] ?? null,
    customersByEmail: (email: string) => list(BY_EMAIL, comparable(email)),
    customersByClientId: (clientId: string) => list(BY_CLIENT, clientId),
  };
}

function mirroredMandates(sql: Sql, businessId: string) {
  return {
    putMandates: async (mandates: readonly Mandate[]) => {
      if (mandates.length > 0) await sql.tell(UPSERT_MANDATES, [businessId, mandatesAsJson(mandates)]);
    },
    mandates: async (customerId: string) => {
      const rows = await sql.rows<{ data: unknown }>(MANDATES, [businessId, customerId]);
      return rows
        .map((row) => mandateOf(row.data))
        .sort(byCreation)
        .reverse();
    },
  };
}

/** Whole address, case-insensitive. */
function comparable(email: string): string {
  return email.trim().toLowerCase();
}

/** RFC 3339 in one zone and precision compares as text. */
function byCreation(
  left: { createdAt: string; id: string },
  right: { createdAt: string; id: string },
): number {
  if (left.createdAt !== right.createdAt) return left.createdAt < right.createdAt ? -1 : 1;
  return left.id < right.id ? -1 : 1;
}

/** The last one of each id, in one order: a statement may not change a row twice, two at once must not cross. */
function lastOfEach<T extends { readonly id: string }>(list: readonly T[]): T[] {
  const last = new Map(list.map((item) => [item.id, item]));
  return [...last.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
}

function customersAsJson(customers: readonly DebitCustomer[]): string {
  const rows = lastOfEach(customers).map((customer) => ({
    ...customer,
    email_lower: customer.email === null ? null : comparable(customer.email),
    client_id: customer.metadata[CLIENT_KEY] ?? null,
    created_at: customer.createdAt,
  }));
  return JSON.stringify(toPlainJson(rows));
}

const UPSERT_CUSTOMERS = `
  INSERT INTO mirrored_customers (business_id, id, email, email_lower, client_id, name, metadata, created_at)
  SELECT $1, id, email, email_lower, client_id, name, metadata, created_at
  FROM jsonb_to_recordset($2::jsonb)
    AS row(id text, email text, email_lower text, client_id text, name text, metadata jsonb, created_at text)
  ON CONFLICT (business_id, id) DO UPDATE SET email = EXCLUDED.email, email_lower = EXCLUDED.email_lower,
    client_id = EXCLUDED.client_id, name = EXCLUDED.name, metadata = EXCLUDED.metadata,
    created_at = EXCLUDED.created_at`;

function mandatesAsJson(mandates: readonly Mandate[]): string {
  const rows = lastOfEach(mandates).map((mandate) => ({
    id: mandate.id,
    customer_id: mandate.customerId,
    data: storedMandate(mandate),
  }));
  return JSON.stringify(toPlainJson(rows));
}

const UPSERT_MANDATES = `
  INSERT INTO mirrored_mandates (business_id, id, customer_id, data)
  SELECT $1, id, customer_id, data FROM jsonb_to_recordset($2::jsonb) AS row(id text, customer_id text, data jsonb)
  ON CONFLICT (business_id, id) DO UPDATE SET customer_id = EXCLUDED.customer_id, data = EXCLUDED.data`;

/** A mandate as JSON carries it: without a bigint. */
type StoredMandate = Omit<Mandate, 'maxAmountMinor' | 'consent'> & {
  readonly maxAmountMinor: string | null;
  readonly consent: (Omit<Consent, 'maxPeriodMinor'> & { readonly maxPeriodMinor: string | null }) | null;
};

function storedMandate(mandate: Mandate): StoredMandate {
  const { maxAmountMinor, consent } = mandate;
  return {
    ...mandate,
    maxAmountMinor: maxAmountMinor?.toString() ?? null,
    consent:
      consent === null ? null : { ...consent, maxPeriodMinor: consent.maxPeriodMinor?.toString() ?? null },
  };
}

/** One mirrored by an older version has no more than its largest amount. */
function mandateOf(stored: unknown): Mandate {
  const mandate = stored as Omit<StoredMandate, 'consent' | 'consentType'> &
    Partial<Pick<StoredMandate, 'consent' | 'consentType'>>;
  const { maxAmountMinor, consent = null, consentType = null } = mandate;
  return {
    ...mandate,
    maxAmountMinor: minorOf(maxAmountMinor),
    consent: consent === null ? null : { ...consent, maxPeriodMinor: minorOf(consent.maxPeriodMinor) },
    consentType,
  };
}

function minorOf(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}
