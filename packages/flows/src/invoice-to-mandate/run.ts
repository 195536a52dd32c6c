import type { DomainEvent, FlowContext, FlowResult, InboundEvent } from '@mlc/core';

/** Stand-in until the flow is written. */
export function run(_context: FlowContext, _inbound: InboundEvent, event: DomainEvent): Promise<FlowResult> {
  return Promise.resolve({ state: 'skipped', reason: event.kind });
}
