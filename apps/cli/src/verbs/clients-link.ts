import { linkClient } from '@mlc/platform/answers/link-client';
import { systemClock } from '@mlc/platform/clock/system';
import type { BusinessConnections } from '@mlc/worker';
import { printDocument } from '../print.ts';
import { RefusedError, type Verb } from '../shell.ts';
import { oneBusiness } from '../stores.ts';
import { withProviders } from '../with-providers.ts';

interface Options {
  readonly client: string;
  readonly customer: string;
}

/** `mlc clients link --client ID --customer ID`: a person says which GoCardless customer a FreshBooks client is. */
export const clientsLink: Verb<Options> = (call) =>
  withProviders(call, async ({ runtime, connections }) => {
    const { id: businessId } = await oneBusiness(call, runtime.database);
    const wish = { clientId: call.options.client, customerId: call.options.customer };
    const names = await namesOf(await connections.of(businessId), wish);
    const linked = await linkClient(runtime.database, systemClock, {
      ...wish,
      businessId,
      openInvoiceIds: names.openInvoiceIds,
      by: 'cli',
    });
    await printDocument(call, { ...wish, ...linked }, [
      `client ${names.client} is GoCardless customer ${names.customer}`,
      ...(linked.replaces === null ? [] : [`  it was ${linked.replaces} before`]),
      `  invoices that waited and are looked at again: ${linked.woken}`,
    ]);
    return 0;
  });

interface Names {
  readonly client: string;
  readonly customer: string;
  readonly openInvoiceIds: readonly string[];
}

/** @throws RefusedError for what is not there. */
async function namesOf(
  { books, debits }: Pick<BusinessConnections, 'books' | 'debits'>,
  { clientId, customerId }: { clientId: string; customerId: string },
): Promise<Names> {
  const client = await books.getClient(clientId);
  if (client === null || client.visibility === 'deleted')
    throw new RefusedError(`FreshBooks account ${books.accountId} has no client ${clientId}`);
  const customer = await debits.getCustomer(customerId);
  if (customer === null) throw new RefusedError(`GoCardless has no customer ${customerId}`);
  const open = await books.listOpenInvoices(clientId);
  return {
    client: `${client.name} (${clientId})`,
    customer: `${customer.name} (${customerId})`,
    openInvoiceIds: open.map(({ id }) => id),
  };
}
