/** Why an account's wish cannot be carried out; stable words for programs. */
export type AccountRefusal =
  'last-admin' | 'not-found' | 'not-allowed' | 'bad-input' | 'already-there' | 'expired' | 'wrong-code';

/** What an account cannot do; the message says why and what to do, and never tells whether an account exists. */
export class AccountError extends Error {
  override readonly name = 'AccountError';
  readonly why: AccountRefusal;

  constructor(why: AccountRefusal, message: string) {
    super(message);
    this.why = why;
  }
}
