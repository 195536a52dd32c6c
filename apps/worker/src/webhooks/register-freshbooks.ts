import { type Callback, type Callbacks, freshbooksCallbacks } from '@mlc/connectors';
import {
  type CallbackStores,
  expectHandshake,
  expectHandshakeAgain,
  forgetCallback,
  verifierName,
} from '@mlc/platform/connections/callbacks';
import { FRESHBOOKS_EVENTS, webhookUrl } from '@mlc/platform/set-up/webhook-urls';
import type { Registrar } from './registrar.ts';

/** One endpoint as contract section 6 prints it. */
export interface EndpointLine {
  readonly provider: string;
  readonly event: string;
  readonly url: string;
  readonly state: 'created' | 'existing' | 'repaired' | 'manual';
  /** The provider's id of it; null when only its dashboard can make it. */
  readonly id: string | null;
}

interface Registering {
  readonly stores: CallbackStores;
  readonly callbacks: Callbacks;
  readonly connectionId: string;
}

/** Whether we hold the key that verifies this callback's posts. */
async function isKnown({ stores, connectionId }: Registering, callbackId: string): Promise<boolean> {
  const { database, vault } = stores;
  const where = { connectionId, callbackId, state: 'verified' };
  if ((await database.prisma.callback.findFirst({ where })) === null) return false;
  return (await vault.getSecret(database.prisma, connectionId, verifierName(callbackId))) !== null;
}

/** Brings one event's callback to where it delivers, up to the handshake. */
async function ensureCallback(
  registering: Registering,
  event: string,
  url: string,
  existing: readonly Callback[],
): Promise<EndpointLine> {
  const { stores, callbacks, connectionId } = registering;
  const same = existing.filter((callback) => callback.event === event && callback.uri === url);
  const line = { provider: 'freshbooks', event, url };
  for (const { id, verified } of same) {
    if (verified && (await isKnown(registering, id))) return { ...line, state: 'existing', id };
    if (verified) {
      // Its verifier was told once and is lost: nothing it posts could ever be checked.
      await callbacks.delete(id);
      await forgetCallback(stores, { connectionId, callbackId: id });
      continue;
    }
    await expectHandshakeAgain(stores, { connectionId, callbackId: id, event });
    await callbacks.resend(id);
    return { ...line, state: 'repaired', id };
  }
  const { id } = await callbacks.create(event, url);
  await expectHandshake(stores, { connectionId, callbackId: id, event });
  return { ...line, state: same.length === 0 ? 'created' : 'repaired', id };
}

/** Registers every FreshBooks callback we want; their handshakes come in through the ingress afterwards. */
export async function registerFreshbooks(
  { database, vault, log, config, connections }: Registrar,
  target: { readonly businessId: string; readonly connectionId: string },
  onLine: (line: EndpointLine) => void = () => undefined,
): Promise<readonly EndpointLine[]> {
  const { freshbooks } = await connections().accessTo(target.businessId);
  if (freshbooks === null) return [];
  const { connectionId } = target;
  const stores = { database, vault, log };
  const registering = { stores, callbacks: freshbooksCallbacks(freshbooks), connectionId };
  const existing = await registering.callbacks.list();
  const lines: EndpointLine[] = [];
  for (const event of FRESHBOOKS_EVENTS) {
    const url = webhookUrl(config.publicUrl, 'freshbooks', connectionId, event);
    const line = await ensureCallback(registering, event, url, existing);
    onLine(line);
    lines.push(line);
  }
  return lines;
}
