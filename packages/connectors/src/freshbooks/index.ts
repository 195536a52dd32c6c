export { freshbooksBooks } from './books.ts';
export { freshbooksCallbacks, type Callback, type Callbacks } from './callbacks.ts';
export type { FreshBooksOptions } from './client.ts';
export { freshbooksAccount, freshbooksPing, whoAmI, type Identity, type Membership } from './identity.ts';
export { exchangeCode, freshbooksAuthorizeUrl, refreshTokens, type FreshBooksApp } from './oauth.ts';
export { freshbooksWebhook, readHandshake, type Handshake } from './webhook.ts';
export { freshbooksEventSources } from './poll.ts';
