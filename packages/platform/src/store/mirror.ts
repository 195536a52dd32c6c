import { type Consent, toPlainJson, type DebitCustomer, type Mandate, type MirrorStore } from '@mlc/core';
import type { Executor } from '../postgres/database.ts';
import { Prisma } from '../postgres/generated/client.ts';
import type { MirroredCustomer } from '../postgres/generated/client.ts';

/** GoCardless metadata key that names the FreshBooks client (design section 4). */
const CLIENT_KEY = 'freshbooks_client_id';

/** Customers and mandates of one business as GoCardless last showed them, in Postgres. */
export function mirrorStore(executor: Executor, businessId: string): MirrorStore {
  return {
    ...mirroredCustomers(executor, businessId),
    ...mirroredMandates(executor, businessId),
    progress: (resource) =>
      executor.mirrorProgress.findUnique({
        where: { businessId_resource: { businessId, resource } },
        select: { fullAt: true, newestCreatedAt: true },
      }),
    setProgress: async (resource, progress) => {
      await executor.mirrorProgress.upsert({
        where: { businessId_resource: { businessId, resource } },
        create: { businessId, resource, ...progress },
        update: progress,
      });
    },
  };
}

function mirroredCustomers(executor: Executor, businessId: string) {
  const list = async (where: Prisma.MirroredCustomerWhereInput): Promise<readonly DebitCustomer[]> => {
    const rows = await executor.mirroredCustomer.findMany({ where: { businessId, ...where } });
    return rows.sort(byCreation).map(customerOf);
  };
  return {
    putCustomers: async (customers: readonly DebitCustomer[]) => {
      if (customers.length > 0) await executor.$executeRaw(upsertCustomers(businessId, customers));
    },
    removeCustomer: async (customerId: string) => {
      await executor.mirroredMandate.deleteMany({ where: { businessId, customerId } });
      await executor.mirroredCustomer.deleteMany({ where: { businessId, id: customerId } });
    },
    customer: async (id: string) => {
      const row = await executor.mirroredCustomer.findUnique({
        where: { businessId_id: { businessId, id } },
      });
      return row === null ? null : customerOf(row);
    },
    customersByEmail: (email: string) => list({ emailLower: comparable(email) }),
    customersByClientId: (clientId: string) => list({ clientId }),
  };
}

function mirroredMandates(executor: Executor, businessId: string) {
  return {
    putMandates: async (mandates: readonly Mandate[]) => {
      if (mandates.length > 0) await executor.$executeRaw(upsertMandates(businessId, mandates));
    },
    mandates: async (customerId: string) => {
      const rows = await executor.mirroredMandate.findMany({ where: { businessId, customerId } });
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

function upsertCustomers(businessId: string, customers: readonly DebitCustomer[]): Prisma.Sql {
  const rows = lastOfEach(customers).map((customer) => ({
    ...customer,
    email_lower: customer.email === null ? null : comparable(customer.email),
    client_id: customer.metadata[CLIENT_KEY] ?? null,
    created_at: customer.createdAt,
  }));
  return Prisma.sql`
    INSERT INTO mirrored_customers (business_id, id, email, email_lower, client_id, name, metadata, created_at)
    SELECT ${businessId}, id, email, email_lower, client_id, name, metadata, created_at
    FROM jsonb_to_recordset(${JSON.stringify(toPlainJson(rows))}::jsonb)
      AS row(id text, email text, email_lower text, client_id text, name text, metadata jsonb, created_at text)
    ON CONFLICT (business_id, id) DO UPDATE SET email = EXCLUDED.email, email_lower = EXCLUDED.email_lower,
      client_id = EXCLUDED.client_id, name = EXCLUDED.name, metadata = EXCLUDED.metadata,
      created_at = EXCLUDED.created_at`;
}

function upsertMandates(businessId: string, mandates: readonly Mandate[]): Prisma.Sql {
  const rows = lastOfEach(mandates).map((mandate) => ({
    id: mandate.id,
    customer_id: mandate.customerId,
    data: storedMandate(mandate),
  }));
  return Prisma.sql`
    INSERT INTO mirrored_mandates (business_id, id, customer_id, data)
    SELECT ${businessId}, id, customer_id, data
    FROM jsonb_to_recordset(${JSON.stringify(toPlainJson(rows))}::jsonb) AS row(id text, customer_id text, data jsonb)
    ON CONFLICT (business_id, id) DO UPDATE SET customer_id = EXCLUDED.customer_id, data = EXCLUDED.data`;
}

function customerOf(row: MirroredCustomer): DebitCustomer {
  const { id, email, name, createdAt } = row;
  return { id, email, name, metadata: row.metadata as Record<string, string>, createdAt };
}

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
function mandateOf(stored: Prisma.JsonValue): Mandate {
  const mandate = stored as unknown as Omit<StoredMandate, 'consent' | 'consentType'> &
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
