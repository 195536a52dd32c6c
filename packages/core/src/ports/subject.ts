/** The thing something is about, named as at its provider. */
export interface Subject {
  /** `freshbooks`, `gocardless`, `paypal`, or `mlc` for our own things. */
  readonly provider: string;
  /** `invoice`, `client`, `payment`, `mandate`, `payout`, `capture`, `connection`, `event` … */
  readonly type: string;
  readonly id: string;
}
