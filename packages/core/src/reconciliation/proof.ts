/** What a provider holds (or, negative, is owed) of one thing of its own: a payment, a payout, a balance movement. */
export interface Holding {
  /** The provider's id of it, as `source.id` of our ledger entries names it. */
  readonly id: string;
  /** Minor units of the proof's currency. */
  readonly amountMinor: bigint;
  /** What explains that the ledger says otherwise, for people. One of 0 with it says why the provider does not hold it. */
  readonly why?: string;
}

/**
 * What one provider says it held of one currency at the end of a month, from its own records: what the clearing account of
 * the ledger is proven against (design section 9).
 *
 * How the two sides meet, by id. The ledger's side is what its entries say of the thing, with booked payouts spread over
 * their items: a payout's own id then stands at 0 (net + fees − items), a payment's at what is still under way.
 * - GoCardless: a payment past the policy's point is `+amount`; each payout item `payment_paid_out`, `payment_failed` and
 *   `payment_charged_back` takes its amount off its payment; a bounced payout's net stands under the payout's id.
 *   Refunds, returned refunds, fees and revenue shares are the same on both sides of a payout, so they are left out.
 * - PayPal: each Transaction Search row with status S is `amount + fee` under its transaction id. Its balance at the end of
 *   the month is the sum: what it did not hold yet then is in transit (0, with a `why`), and what is left unexplained stands
 *   under `balance`.
 */
export interface ProviderProof {
  readonly provider: string;
  /** Null together with `inFlightMinor` when the provider could not be asked: it then stands for all its currencies. */
  readonly currency: string | null;
  /** Minor units; null when the provider could not be asked. */
  readonly inFlightMinor: bigint | null;
  /** What `inFlightMinor` is the sum of, in any order; an id may come several times, zeros may be left out. */
  readonly holdings: readonly Holding[];
  /** Why the provider could not be asked, for people; null when it was. No times, no request ids: it is part of the report. */
  readonly why: string | null;
  /** Why `inFlightMinor` is what its list adds up to and no balance it told by itself, where it could have; like `why`. */
  readonly balanceWhy?: string;
}

/** What a proof is asked for: the provider's state at the end of `lastDay` (YYYY-MM-DD), counting from `goLive`. */
export interface ProofQuestion {
  readonly lastDay: string;
  readonly goLive: string;
}
