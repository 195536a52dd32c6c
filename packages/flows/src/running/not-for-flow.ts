import { ConnectorError, type DomainEvent, type InboundEvent } from '@mlc/core';

/**
 * An event of a kind its flow does not take: stored by a version that read it otherwise. Rejected, so that a person sees
 * it among the dead letters; its replay runs it where it belongs.
 */
export function notForFlow({ flow, type }: InboundEvent, { kind }: DomainEvent): ConnectorError {
  const message = `${type} means ${kind}, which is not for the flow ${flow ?? 'it was stored for'}`;
  return new ConnectorError({ kind: 'rejected', provider: 'mlc', operation: 'run', message });
}
