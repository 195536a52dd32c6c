import type { BusinessFileInput } from '@mlc/platform/config/business-file';
import type { PresentConnection } from '@mlc/platform/set-up/present-connection';
import type { z } from 'zod';
import { Problem } from '../../http/problem.ts';
import type { connectionChange } from '../connection-schemas.ts';
import type { ApiParts } from '../parts.ts';

type Connections = NonNullable<BusinessFileInput['connections']>;
type Change = z.output<typeof connectionChange>;

interface Changing {
  readonly provider: 'freshbooks' | 'gocardless' | 'paypal';
  readonly present: PresentConnection | null;
  readonly change: Change;
}

/** The connection as a business file would say it: what is left out is as it is now. @throws Problem */
export function changedConnection(parts: ApiParts, changing: Changing): Promise<Connections> {
  switch (changing.provider) {
    case 'freshbooks':
      throw new Problem('refused', 'FreshBooks is connected by its consent: press Connect.');
    case 'gocardless':
      return changedGocardless(parts, changing);
    case 'paypal':
      return changedPaypal(parts, changing);
  }
}

async function changedGocardless(parts: ApiParts, { present, change }: Changing): Promise<Connections> {
  const kept = await secretsOf(parts, present, ['access-token', 'webhook-secrets']);
  const accessToken = change.accessToken ?? kept['access-token'];
  if (accessToken === undefined) throw missing('accessToken');
  const known = kept['webhook-secrets'];
  const webhookSecrets =
    change.webhookSecrets ?? (known === undefined ? [] : (JSON.parse(known) as string[]));
  const creditorId = change.creditorId === undefined ? setting(present, 'creditorId') : change.creditorId;
  return {
    gocardless: {
      environment: environmentOf(present, change),
      accessToken,
      webhookSecrets,
      creditorId: creditorId ?? null,
    },
  };
}

async function changedPaypal(parts: ApiParts, { present, change }: Changing): Promise<Connections> {
  const kept = await secretsOf(parts, present, ['client-secret']);
  const clientSecret = change.clientSecret ?? kept['client-secret'];
  const clientId = change.clientId ?? setting(present, 'clientId');
  const merchantId = change.merchantId ?? setting(present, 'merchantId');
  const webhookId = change.webhookId ?? setting(present, 'webhookId');
  if (clientId === undefined) throw missing('clientId');
  if (clientSecret === undefined) throw missing('clientSecret');
  if (merchantId === undefined) throw missing('merchantId');
  const environment = environmentOf(present, change);
  return {
    paypal: {
      environment,
      clientId,
      clientSecret,
      merchantId,
      ...(webhookId === undefined ? {} : { webhookId }),
    },
  };
}

function environmentOf(present: PresentConnection | null, { environment }: Change): 'sandbox' | 'live' {
  const known = environment ?? present?.environment;
  if (known === 'sandbox' || known === 'live') return known;
  throw missing('environment');
}

function missing(name: string): Problem {
  const errors = [{ pointer: `/${name}`, message: 'is needed for a first connection' }];
  return new Problem('invalid', 'The body cannot be read.', { errors });
}

function setting(present: PresentConnection | null, name: string): string | undefined {
  const value = present?.settings[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

async function secretsOf(
  { database, desk }: ApiParts,
  present: PresentConnection | null,
  names: readonly string[],
): Promise<Readonly<Record<string, string | undefined>>> {
  if (present === null) return {};
  const read = async (name: string) =>
    [name, (await desk.vault.getSecret(database.prisma, present.id, name)) ?? undefined] as const;
  return Object.fromEntries(await Promise.all(names.map(read)));
}
