import { eventReaders } from '@mlc/connectors';
import type { DomainEvent, InboundEvent } from '@mlc/core';
import {
  FLOWS,
  foreseeHeld,
  type HeldNow,
  type LeftAlone,
  type Obstacle,
  type Pause,
  type Preview,
  type PreviewContext,
} from '@mlc/flows';
import { type HeldWrite, type HeldWriteView, heldWriteView } from '@mlc/platform/views/held-writes';

/** What of the waiting events would be written now, and what became of the others. */
export interface HeldForeseen {
  readonly writes: readonly HeldWriteView[];
  readonly obstacles: readonly Obstacle[];
  readonly left: readonly LeftAlone[];
}

/** What is foreseen for each open invoice anyway. */
const OF_INVOICES: ReadonlySet<string> = new Set(['debit', 'mandate-request']);

/**
 * Runs what waits for go-live again, without writing: an invoice that was paid, deleted or changed since an event was parked
 * makes it something else. Rejects with ConnectorError when a provider cannot be read.
 */
export async function heldNow(
  context: PreviewContext,
  held: readonly HeldWrite[],
  pause: Pause,
): Promise<HeldForeseen> {
  const writes: HeldWriteView[] = [];
  const obstacles: Obstacle[] = [];
  const left: LeftAlone[] = [];
  for (const { eventId, view } of held.filter(({ view: { kind } }) => !OF_INVOICES.has(kind))) {
    const found = await foreseen(context, eventId, pause);
    switch (found.kind) {
      case 'write':
        writes.push(...writesOf(found.details));
        break;
      case 'untold':
        writes.push(view);
        break;
      case 'question':
        obstacles.push(...found.obstacles);
        break;
      case 'nothing':
        left.push(...leftOf(view, found.why));
    }
  }
  return { writes, obstacles, left };
}

function writesOf(details: Readonly<Record<string, unknown>>): readonly HeldWriteView[] {
  const view = heldWriteView(details);
  return view === null || OF_INVOICES.has(view.kind) ? [] : [view];
}

function leftOf({ invoiceId, invoiceNumber, kind }: HeldWriteView, why: string): LeftAlone[] {
  if (invoiceId === null) return [];
  return [{ invoiceId, invoiceNumber: invoiceNumber ?? invoiceId, why: `no ${kind} any more: ${why}` }];
}

async function foreseen(context: PreviewContext, eventId: string, pause: Pause): Promise<HeldNow> {
  const inbound = await context.store.events.get(eventId);
  const event = inbound === null ? null : meaningOf(inbound);
  if (inbound === null || event === null) return { kind: 'untold' };
  return foreseeHeld(context, { inbound, event }, { flows: FLOWS, pause });
}

function meaningOf(inbound: InboundEvent): DomainEvent | null {
  return eventReaders.get(inbound.provider)?.translate(inbound) ?? null;
}

/** The preview with what became of the waiting events; a question that both ask is asked once. */
export function withHeld(preview: Preview, held: HeldForeseen): Preview {
  const keyOf = ({ kind, subject }: Obstacle): string =>
    [kind, subject.provider, subject.type, subject.id].join(' ');
  const obstacles = new Map([...held.obstacles, ...preview.obstacles].map((one) => [keyOf(one), one]));
  return {
    ...preview,
    obstacles: [...obstacles]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, obstacle]) => obstacle),
    left: [...preview.left, ...held.left],
  };
}
