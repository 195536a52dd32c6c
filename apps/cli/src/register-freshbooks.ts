import { setTimeout as pause } from 'node:timers/promises';
import { type Callback, type Callbacks, freshbooksCallbacks } from '@mlc/connectors';
import {
  type CallbackStores,
  expectHandshake,
  expectHandshakeAgain,
  forgetCallback,
  verifierName,
} from '@mlc/platform/connections/callbacks';
import { completeHandshakes } from '@mlc/platform/connections/complete-handshakes';
import { FRESHBOOKS_EVENTS, webhookUrl } from '@mlc/platform/set-up/webhook-urls';
import type { Shell } from './shell.ts';
import type { OpenedProviders } from './with-providers.ts';

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

/** FreshBooks posts the handshake within seconds; the ingress has to be running and reachable by then. */
const HANDSHAKE_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 250;

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

/**
 * Registers every FreshBooks callback we want and waits for the handshakes, which come in through the ingress.
 * `pending` names those that were not verified in time: running it again goes on where it stopped.
 */
export async function registerFreshbooks(
  { runtime, connections }: OpenedProviders,
  target: { readonly businessId: string; readonly connectionId: string },
  shell: Shell,
): Promise<{ readonly lines: readonly EndpointLine[]; readonly pending: readonly string[] }> {
  const { freshbooks } = await connections.accessTo(target.businessId);
  if (freshbooks === null) return { lines: [], pending: [] };
  const { connectionId } = target;
  const registering = { stores: runtime, callbacks: freshbooksCallbacks(freshbooks), connectionId };
  const existing = await registering.callbacks.list();
  const lines: EndpointLine[] = [];
  for (const event of FRESHBOOKS_EVENTS) {
    const url = webhookUrl(runtime.config.publicUrl, 'freshbooks', connectionId, event);
    const line = await ensureCallback(registering, event, url, existing);
    shell.err(`freshbooks ${event}: ${line.state}\n`);
    lines.push(line);
  }
  return { lines, pending: await waitForHandshakes({ runtime, connections }, connectionId, shell) };
}

async function waitForHandshakes(
  { runtime, connections }: OpenedProviders,
  connectionId: string,
  shell: Shell,
): Promise<string[]> {
  const { database, vault, log } = runtime;
  const verify = connections.verifyCallback.bind(connections);
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    await completeHandshakes({ database, vault, log, connectionId, verify });
    const waiting = await database.prisma.callback.findMany({ where: { connectionId, state: 'pending' } });
    if (waiting.length === 0 || waitedMs >= HANDSHAKE_LIMIT_MS) return waiting.map(({ event }) => event);
    if (waitedMs === 0) shell.err(`waiting for FreshBooks to verify ${waiting.length} callbacks\n`);
    await pause(LOOK_EVERY_MS);
  }
}
