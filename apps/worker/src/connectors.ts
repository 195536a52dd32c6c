import {
  type Callback,
  type FreshBooksOptions,
  freshbooksBooks,
  freshbooksCallbacks,
  type GocardlessAccess,
  gocardlessDebits,
  gocardlessPayouts,
  paypalCaptures,
} from '@mlc/connectors';
import {
  ACCOUNT_HELD,
  type Books,
  type Business,
  type Captures,
  type Debits,
  guardPorts,
  type Payouts,
  type Ports,
} from '@mlc/core';
import { createHttpClient, type Database } from '@mlc/platform';
import { invoiceSightings } from '@mlc/platform/store/invoice-sightings';
import { heldConnections, heldText } from '@mlc/platform/set-up/ownership';
import { type Absence, absentConnection } from './absent.ts';
import { ClientCache } from './client-cache.ts';
import { type FreshbooksConsent, freshbooksConsent } from './freshbooks-consent.ts';
import { type ConnectionRow, isLive, loadBusiness } from './load-business.ts';
import {
  freshbooksAccess,
  gocardlessAccess,
  paypalAccess,
  type PaypalConnection,
  type ProviderParts,
} from './provider-access.ts';

/** A business and its ways to its providers; while it observes, none of them writes. */
export interface BusinessConnections extends Ports {
  readonly business: Business;
}

/** Ways to the providers of one business, below the ports. */
export interface ProviderAccess {
  readonly freshbooks: FreshBooksOptions | null;
  readonly gocardless: GocardlessAccess | null;
  readonly paypal: PaypalConnection | null;
}

/** The connections of all businesses. */
export interface Connections {
  /** What is current: a change (new credentials, policy) is seen by the next call. Rejects when there is no such business. */
  of(businessId: string): Promise<BusinessConnections>;
  /** What the calls need that no flow makes (ping, webhook registration); null where there is no such connection. */
  accessTo(businessId: string): Promise<ProviderAccess>;
  /** Gives a webhook verifier back to FreshBooks. */
  verifyCallback(connectionId: string, callbackId: string, verifier: string): Promise<void>;
  /** The callbacks FreshBooks holds for this connection. */
  listCallbacks(connectionId: string): Promise<readonly Callback[]>;
  /** How a person lets us into FreshBooks. */
  readonly consent: FreshbooksConsent;
  /** Resolves when what was seen is written. */
  close(): Promise<void>;
}

const VERSION = '0.1.0';

/** Opens the providers of all businesses over one HTTP client; clients are kept until their connection changes. */
export function openConnections(runtime: Omit<ProviderParts, 'http'>): Connections {
  const http = createHttpClient({ version: VERSION, random: runtime.random });
  const parts: ProviderParts = { ...runtime, http };
  const clients = new ClientCache();
  const sightings = invoiceSightings(runtime);
  const callbacksOf = async (id: string) =>
    freshbooksCallbacks(
      freshbooksAccess(parts, await runtime.database.prisma.connection.findUniqueOrThrow({ where: { id } })),
    );
  return {
    of: async (businessId) => {
      const { business, connections } = await loadBusiness(runtime.database, businessId);
      const held = await heldAmong(runtime.database, business, connections);
      const mayWrite = () => isLive(runtime.database, businessId);
      const ports = guardPorts(clientsOf({ parts, clients, held }, connections), mayWrite);
      return { business, ...ports, books: sightings.watch(businessId, ports.books) };
    },
    accessTo: async (businessId) => {
      const { connections } = await loadBusiness(runtime.database, businessId);
      const to = <T>(provider: string, open: (parts: ProviderParts, row: ConnectionRow) => T): T | null => {
        const row = connections.find((connection) => connection.provider === provider);
        return row === undefined || row.state === 'held' ? null : open(parts, row);
      };
      return {
        freshbooks: to('freshbooks', freshbooksAccess),
        gocardless: to('gocardless', gocardlessAccess),
        paypal: to('paypal', paypalAccess),
      };
    },
    verifyCallback: async (connectionId, callbackId, verifier) => {
      await (await callbacksOf(connectionId)).verify(callbackId, verifier);
    },
    consent: freshbooksConsent(parts),
    listCallbacks: async (connectionId) => (await callbacksOf(connectionId)).list(),
    close: async () => {
      http.close();
      await sightings.close();
    },
  };
}

interface Opening {
  readonly parts: ProviderParts;
  readonly clients: ClientCache;
  /** By provider: why a connection that is there is not used. */
  readonly held: ReadonlyMap<string, Absence>;
}

/** Connections of the business to accounts that another business has (businesses from before that was refused). */
async function heldAmong(
  database: Database,
  { slug }: Business,
  connections: readonly ConnectionRow[],
): Promise<ReadonlyMap<string, Absence>> {
  const rows = connections.filter(({ state }) => state === 'held');
  if (rows.length === 0) return new Map();
  const held = (await heldConnections(database)).filter(({ business }) => business === slug);
  return new Map(
    rows.map(({ id: connectionId, provider }) => {
      const known = held.find((one) => one.provider === provider);
      const message = known === undefined ? `the ${provider} connection is held` : heldText(known);
      return [provider, { message, reason: ACCOUNT_HELD, connectionId }];
    }),
  );
}

/** The ports of each provider; one that is not connected refuses every call and says what to do. */
function clientsOf({ parts, clients, held }: Opening, connections: readonly ConnectionRow[]): Ports {
  const port = <T>(provider: string, open: (row: ConnectionRow) => T, absent: (why?: Absence) => T): T => {
    const row = connections.find((connection) => connection.provider === provider);
    if (row === undefined || row.state === 'held') return absent(held.get(provider));
    return clients.get(row, () => open(row));
  };
  const debits = port(
    'gocardless',
    (row) => {
      const access = gocardlessAccess(parts, row);
      return { debits: gocardlessDebits(access), payouts: gocardlessPayouts(access) };
    },
    () => ({
      debits: absentConnection<Debits>('gocardless', { creditorId: null }),
      payouts: absentConnection<Payouts>('gocardless'),
    }),
  );
  return {
    books: port(
      'freshbooks',
      (row) => freshbooksBooks(freshbooksAccess(parts, row)),
      (why) => absentConnection<Books>('freshbooks', { accountId: '' }, why),
    ),
    ...debits,
    captures: port(
      'paypal',
      (row) => paypalCaptures(paypalAccess(parts, row)),
      (why) => absentConnection<Captures>('paypal', { merchantId: '' }, why),
    ),
  };
}
