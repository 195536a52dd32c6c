import { createHash, randomUUID } from 'node:crypto';
import {
  type Delivery,
  type DomainEvent,
  type FlowName,
  type SplitEvent,
  UNREADABLE_EVENT,
  type WebhookReader,
} from '@mlc/core';
import { unreadableFlowOf } from '@mlc/flows';
import type { ConnectionCache, WebhookConnection } from '@mlc/platform/connections/connection-cache';
import type { Inbox, InboxEvent, StoredCount } from '@mlc/platform/inbox/inbox';
import { accepted, type Answer, INVALID_SIGNATURE, refused } from './answers.ts';

/** What receiving a delivery takes. */
export interface Receiving {
  readonly connections: ConnectionCache;
  readonly inbox: Inbox;
  readonly flowFor: (event: DomainEvent) => FlowName | null;
  /** Counts a refusal for the audit log; never waits. */
  readonly noteRefusal: (connection: WebhookConnection, why: string) => void;
  /** Answers FreshBooks' handshake; null when the delivery is something else. */
  readonly shakeHands: (connection: WebhookConnection, delivery: Delivery) => Promise<Answer> | null;
  /** Called for each committed delivery. */
  readonly counted: (provider: string, accepted: number, duplicates: number) => void;
}

/** Verify, split, store, then answer (design section 3). Rejects when nothing can be looked up or committed. */
export async function receiveDelivery(
  receiving: Receiving,
  reader: WebhookReader,
  connection: WebhookConnection,
  delivery: Delivery,
): Promise<Answer> {
  const handshake = receiving.shakeHands(connection, delivery);
  if (handshake !== null) return handshake;
  // Two of three readers answer at once, and each needless await costs the hot path as much as its routing.
  const verifying = reader.verify(delivery, connection.secretsFor(delivery.pathEvent));
  const verification = verifying instanceof Promise ? await verifying : verifying;
  if (!verification.ok) {
    const why = await whyStillRefused(receiving, reader, connection, delivery);
    if (why !== null) return refuse(receiving, connection, why);
  }
  const split = reader.split(delivery);
  if (split.kind === 'unreadable') {
    count(receiving, reader, await store(receiving, reader, connection, [unreadableBody(delivery)]));
    return refused(400, 'unreadable_body', split.why);
  }
  return accepted(count(receiving, reader, await store(receiving, reader, connection, split.events)));
}

function refuse(receiving: Receiving, connection: WebhookConnection, why: string): Answer {
  receiving.noteRefusal(connection, why);
  return INVALID_SIGNATURE;
}

/** null when authentic after all: the signature may have been made with a secret that is newer than the cache. */
async function whyStillRefused(
  { connections }: Receiving,
  reader: WebhookReader,
  { provider, connectionId }: WebhookConnection,
  delivery: Delivery,
): Promise<string | null> {
  const current = await connections.reread(provider, connectionId);
  if (current === null) return 'the signature fits no known secret';
  const verification = await reader.verify(delivery, current.secretsFor(delivery.pathEvent));
  return verification.ok ? null : verification.why;
}

function store(
  receiving: Receiving,
  reader: WebhookReader,
  connection: WebhookConnection,
  events: readonly SplitEvent[],
): Promise<StoredCount> {
  const unreadableFlow = unreadableFlowOf(reader.provider);
  return receiving.inbox.store({
    businessId: connection.businessId,
    connectionId: connection.connectionId,
    provider: reader.provider,
    correlationId: randomUUID(),
    events: events.map((event) => withFlow(receiving, reader, event, unreadableFlow)),
    unreadableFlow,
  });
}

function count(receiving: Receiving, reader: WebhookReader, stored: StoredCount): StoredCount {
  receiving.counted(reader.provider, stored.accepted, stored.duplicates);
  return stored;
}

function withFlow(
  { flowFor }: Receiving,
  reader: WebhookReader,
  event: SplitEvent,
  unreadableFlow: FlowName,
): InboxEvent {
  const meaning = reader.translate(event);
  return { ...event, flow: meaning.kind === 'unreadable' ? unreadableFlow : flowFor(meaning) };
}

/** An authentic body nobody can split: kept whole, and the same one again is a duplicate. */
function unreadableBody(delivery: Delivery): SplitEvent {
  return {
    type: UNREADABLE_EVENT,
    externalEventId: `body-sha256:${createHash('sha256').update(delivery.rawBody).digest('hex')}`,
    resourceId: '',
    payload: Buffer.from(delivery.rawBody).toString('base64'),
  };
}
