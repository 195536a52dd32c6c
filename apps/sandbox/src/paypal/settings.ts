/** What certificate new deliveries are signed under; all but `good` must be refused by a receiver. */
export type CertificateKind =
  'good' | 'expired' | 'not-yet-valid' | 'wrong-name' | 'self-signed' | 'other-issuer';

/** What PayPal leaves open, or what it does now and then; may be changed at any time. */
export interface Settings {
  /** Life of an access token by the sandbox's clock. */
  tokenLifeSeconds: number;
  /** The same token again, with a smaller `expires_in`, until ten minutes before its end (paypal.md 1.1). */
  reuseTokens: boolean;
  /** How a dead token is refused: by the identity family, by the resource family, or with no body at all. */
  unauthorisedStyle: 'identity' | 'resource' | 'empty';
  /** More wrong credentials a minute are answered 429 with an empty body; null: never. */
  badCredentialsPerMinute: number | null;
  /** More requests a minute and merchant are answered 429; null: never. */
  requestsPerMinute: number | null;
  /** How far Transaction Search is behind. */
  searchDelayMinutes: number;
  /** Parts of `/v1/reporting` answered 403, as to an app without the feature; scopes do the same to new tokens. */
  reportingForbidden: readonly ('transactions' | 'balances')[];
  /** More rows than this are RESULTSET_TOO_LARGE. */
  searchItemsMax: number;
  /** Status of "Data for the given start date is not available.": both were seen. */
  searchUnavailableStatus: 400 | 404;
  /** The account's setting against accidental double payments: a second capture with an invoice id is refused. */
  blockDuplicateInvoiceIds: boolean;
  /** `GET /v2/payments/captures/{sale id}` answers; undocumented, seen by one project. */
  capturesAnswerForSales: boolean;
  /** Members left out of PAYMENT.CAPTURE events, such as `payee` and `supplementary_data` in older ones. */
  captureEventLacks: readonly string[];
  /** Hours until an approved order that nobody captured is taken back. */
  approvalHours: number;
  /** Days `webhooks-events` goes back. */
  eventRetentionDays: number;
  /** Whether the verify endpoint minds a signature that starts with `+` or `/`, as its specification says. */
  enforceSignaturePattern: boolean;
  /** Whether a paid invoice also raises PAYMENT.CAPTURE.COMPLETED (or PAYMENT.SALE.COMPLETED). */
  invoicePaymentRaisesMoneyEvent: boolean;
  certificate: CertificateKind;
}

export const DEFAULT_SETTINGS: Readonly<Settings> = {
  tokenLifeSeconds: 32_400,
  reuseTokens: true,
  unauthorisedStyle: 'identity',
  badCredentialsPerMinute: 10,
  requestsPerMinute: null,
  searchDelayMinutes: 180,
  reportingForbidden: [],
  searchItemsMax: 10_000,
  searchUnavailableStatus: 400,
  blockDuplicateInvoiceIds: false,
  capturesAnswerForSales: false,
  captureEventLacks: [],
  approvalHours: 3,
  eventRetentionDays: 30,
  enforceSignaturePattern: false,
  invoicePaymentRaisesMoneyEvent: false,
  certificate: 'good',
};
