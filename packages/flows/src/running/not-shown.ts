import { ConnectorError, type FlowResult } from '@mlc/core';

/** What a provider told of and its API does not show, or not yet as it was told. */
export interface NotShown {
  /** As it is written in sentences: `PayPal`. */
  readonly provider: 'FreshBooks' | 'GoCardless' | 'PayPal';
  /** The call that looked for it. */
  readonly operation: string;
  /** What it says instead; the provider's name stands before it: `has no transaction CAP1`. */
  readonly says: string;
  /** How long there is no use in looking again, in ms. */
  readonly retryAfterMs?: number;
}

/** A look that found nothing is not an answer: it is looked for again, waited for, and asked about in the end. */
export function notShown({ provider, operation, says, ...wait }: NotShown): ConnectorError {
  const message = `${provider} ${says}`;
  return new ConnectorError({
    kind: 'not-ready',
    provider: provider.toLowerCase(),
    operation,
    message,
    ...wait,
  });
}

/** The result of a look, or the failure that says what has to be waited for. Rejects with every other failure. */
export async function lookOrWait(look: () => Promise<FlowResult>): Promise<FlowResult | ConnectorError> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ConnectorError && error.kind === 'not-ready') return error;
    throw error;
  }
}
