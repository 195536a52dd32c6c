import type { DomainEvent, InboundEvent, SplitEvent } from '../events/inbound-event.ts';

/** A delivery as it came in. Header names are lower-case; a repeated header is joined with `, `. */
export interface Delivery {
  readonly rawBody: Uint8Array;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The last path segment for FreshBooks (`invoice.create`), else ''. */
  readonly pathEvent: string;
  /** `live` or `sandbox`, of the connection it was posted to; PayPal signs the two with different certificates. */
  readonly environment?: string;
}

/** The answer to "is this really from the provider". */
export type Verification = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** Splitting an authentic delivery. `unreadable` = the whole body; single unreadable parts are events of type `unreadable`. */
export type SplitResult =
  | { readonly kind: 'events'; readonly events: readonly SplitEvent[] }
  | { readonly kind: 'unreadable'; readonly why: string };

/** The three webhook steps of one provider; pure, except that PayPal's verify may have to fetch. */
export interface WebhookReader {
  readonly provider: string;
  /** Media types accepted, e.g. `application/json`. */
  readonly mediaTypes: readonly string[];
  /** `secrets`: every one that is valid now; none refuses everything. */
  verify(delivery: Delivery, secrets: readonly string[]): Verification | Promise<Verification>;
  split(delivery: Delivery): SplitResult;
  translate(event: Pick<InboundEvent, 'type' | 'resourceId' | 'payload'>): DomainEvent;
}

/** The answer of one harmless live call, for `mlc ping`. */
export interface PingResult {
  readonly ok: boolean;
  readonly latencyMs: number;
  /** Who answered, or what is wrong. */
  readonly detail: string;
}

/** Whether the credentials of a connection belong to the account that the business file names, by what that account says of itself. */
export interface AccountComparison {
  /** `other` is proven; `unknown`: the account did not say, or not in a form that can be compared. */
  readonly verdict: 'same' | 'other' | 'unknown';
  /** Whose they are, what is wrong and what to do, or why it could not be compared. */
  readonly said: string;
}
