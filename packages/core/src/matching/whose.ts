/** Metadata of a GoCardless object. */
type Metadata = Readonly<Record<string, string>>;

/** Names the FreshBooks account: what it says of clients and invoices is meant there. */
export const ACCOUNT_KEY = 'freshbooks_account_id';
/** Names the FreshBooks client. */
export const CLIENT_KEY = 'freshbooks_client_id';

/**
 * True when metadata names another FreshBooks account than ours: what carries it is another business's, on the same GoCardless
 * account. Without a FreshBooks connection ('') nobody can tell, and it is not.
 */
export function isOfOtherBooks(metadata: Metadata, accountId: string): boolean {
  const named = metadata[ACCOUNT_KEY];
  return named !== undefined && named !== accountId && accountId !== '';
}

/** The client of ours that metadata names. It counts only together with our account: two accounts may have clients of one id. */
export function clientNamedIn(metadata: Metadata, accountId: string): string | null {
  return metadata[ACCOUNT_KEY] === accountId ? (metadata[CLIENT_KEY] ?? null) : null;
}

/** What an object of GoCardless says of whose it is. */
export interface Marked {
  readonly metadata?: Metadata;
  readonly creditorId?: string;
}

/** Who a business is at FreshBooks and at GoCardless. */
export interface OwnAccounts {
  readonly accountId: string;
  /** The creditor chosen in its file; null when none was. */
  readonly creditorId: string | null;
}

/** Why an object is another business's, as the end of a sentence; null when it says nothing of the kind. */
export function othersReason({ metadata = {}, creditorId }: Marked, own: OwnAccounts): string | null {
  if (isOfOtherBooks(metadata, own.accountId))
    return `its metadata names FreshBooks account ${metadata[ACCOUNT_KEY] ?? ''}, ours is ${own.accountId}`;
  if (creditorId === undefined || own.creditorId === null || creditorId === own.creditorId) return null;
  return `it is of creditor ${creditorId}, ours is ${own.creditorId}`;
}

/** True when metadata names our books, so that nothing else has to be asked about whose it is. */
export function isOfOwnBooks(metadata: Metadata, accountId: string): boolean {
  return accountId !== '' && metadata[ACCOUNT_KEY] === accountId;
}

/** Metadata that names a client of ours. */
export function namingClient(clientId: string, accountId: string): Metadata {
  return { [ACCOUNT_KEY]: accountId, [CLIENT_KEY]: clientId };
}
