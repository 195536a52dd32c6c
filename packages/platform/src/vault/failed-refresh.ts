import { ConnectorError } from '@mlc/core';
import type { Executor } from '../postgres/database.ts';
import { repositoriesOn } from '../store/store.ts';
import type { TokenKeeperParts } from './keeper-parts.ts';

const PROVIDER = 'freshbooks';
const OPERATION = 'refreshTokens';

/** A connection whose tokens no longer work. Everybody who waits gets this, with the connection to park on. */
export function unauthorised(connectionId: string, message: string, cause?: unknown): ConnectorError {
  return new ConnectorError({
    kind: 'unauthorised',
    provider: PROVIDER,
    operation: OPERATION,
    message,
    connectionId,
    cause,
  });
}

/** How a refresh ended badly. `interrupted`: an earlier one with the same token never told how it ended. */
interface FailedRefresh {
  readonly error: unknown;
  readonly interrupted: boolean;
}

/** Committed with the transaction although the caller gets a rejection: hence a value and not a throw. */
export async function recordFailure(
  tx: Executor,
  parts: TokenKeeperParts,
  businessId: string,
  { error, interrupted }: FailedRefresh,
): Promise<ConnectorError> {
  if (!(error instanceof ConnectorError)) throw error;
  const { connectionId } = parts;
  // Whether the token was spent is open only then: the marker stays and will explain what comes.
  if (error.kind !== 'outcome-unknown') await tx.tokenRefresh.deleteMany({ where: { connectionId } });
  if (error.kind !== 'unauthorised') return error;
  await askForAuthorisation(tx, parts, businessId, { error, interrupted });
  return unauthorised(connectionId, error.message, error);
}

async function askForAuthorisation(
  tx: Executor,
  { connectionId, clock }: TokenKeeperParts,
  businessId: string,
  { error, interrupted }: FailedRefresh,
): Promise<void> {
  // A refused app leaves the token good: then the next attempt may work without new tokens.
  const appRefused = (error as ConnectorError).reason === 'invalid_client';
  const reasons = appRefused
    ? [
        'FreshBooks refuses our app: check FRESHBOOKS_CLIENT_ID, FRESHBOOKS_CLIENT_SECRET and FRESHBOOKS_REDIRECT_URI.',
      ]
    : [
        'FreshBooks no longer accepts the refresh token: authorise again and apply the new tokens with mlc apply.',
      ];
  if (interrupted) reasons.push('An earlier refresh was cut off before its answer could be kept.');
  if (!appRefused) {
    const data = { state: 'unauthorised', revision: { increment: 1 }, updatedAt: clock.now() };
    await tx.connection.update({ where: { id: connectionId }, data });
  }
  const { audit, reviews } = repositoriesOn(tx, businessId, clock);
  const subject = { provider: PROVIDER, type: 'connection', id: connectionId };
  await reviews.open({
    kind: 'reauthorise',
    subject,
    amount: null,
    reasons,
    candidates: [],
    eventId: null,
  });
  const details = { reasons, appRefused };
  await audit.append({
    actor: 'system',
    action: 'connection.unauthorised',
    subject,
    correlationId: null,
    details,
  });
}
