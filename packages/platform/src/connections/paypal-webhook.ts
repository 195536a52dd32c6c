import type { Clock } from '@mlc/core';
import { appendAudit } from '../audit/append.ts';
import { announceChange, findConnection } from './connections.ts';
import type { Database } from '../postgres/database.ts';

/**
 * Stores the id PayPal gave the webhook, which every signature is checked with. One that was in use before stays valid
 * beside it, because deliveries signed for it may still be on their way. The same id again changes nothing.
 */
export function setPaypalWebhook(
  database: Database,
  clock: Clock,
  { connectionId, webhookId }: { connectionId: string; webhookId: string },
): Promise<void> {
  return database.transaction(async (tx) => {
    const connection = await findConnection(tx, connectionId);
    if (connection?.provider !== 'paypal') throw new Error(`${connectionId} is no PayPal connection`);
    const before = connection.settings.webhookId;
    if (before === webhookId) return;
    const settings = { ...connection.settings, webhookId, webhookIds: before === null ? [] : [before] };
    await tx.connection.update({
      where: { id: connectionId },
      data: { settings, revision: { increment: 1 } },
    });
    await announceChange(tx, connectionId);
    await appendAudit(tx, connection.businessId, clock, {
      actor: 'cli',
      action: 'connection.webhook-registered',
      subject: { provider: 'paypal', type: 'connection', id: connectionId },
      correlationId: null,
      details: { webhookId, before },
    });
  });
}
