import type { Books } from './books.ts';
import type { Switches } from './switches.ts';
import type { TokenDesk } from './tokens.ts';

/** Everything the routes of the sandboxed FreshBooks share. */
export interface World {
  readonly switches: Switches;
  readonly tokens: TokenDesk;
  /** Books by account id. */
  readonly accounts: Map<string, Books>;
  /** Milliseconds since 1970, by the sandbox's clock. */
  now(): number;
  /** The login that consents when the browser does not say which. */
  firstIdentityId(): number;
}
