import type { EventDetails, Scheme } from './wire.ts';

/** Cause and the bank's reason code for it, per scheme (appendix A of gocardless.md). */
interface Reason {
  readonly cause: string;
  readonly code?: string;
}

const NO_MONEY: Readonly<Record<Scheme, Reason>> = {
  ach: { cause: 'refer_to_payer', code: 'ACH_RETURN-R01' },
  autogiro: { cause: 'other' },
  bacs: { cause: 'refer_to_payer', code: 'ARUDD-0' },
  becs: { cause: 'refer_to_payer', code: '6' },
  becs_nz: { cause: 'refer_to_payer', code: 'DISHONOUR-AM04' },
  betalingsservice: { cause: 'refer_to_payer', code: 'PAYMENT_INFORMATION-0237' },
  faster_payments: { cause: 'insufficient_funds', code: 'FAILED' },
  pad: { cause: 'refer_to_payer', code: 'PAYMENT_STATUS_REPORT-901' },
  pay_to: { cause: 'insufficient_funds', code: 'FAILED' },
  sepa_core: { cause: 'insufficient_funds', code: 'AM04' },
};

const TAKEN_BACK: Partial<Record<Scheme, Reason>> = {
  ach: { cause: 'authorisation_disputed', code: 'ACH_RETURN-R10' },
  bacs: { cause: 'authorisation_disputed', code: 'DDICA-1' },
  becs: { cause: 'authorisation_disputed', code: 'MD01' },
  betalingsservice: { cause: 'refund_requested', code: 'PAYMENT_INFORMATION-0239' },
  pad: { cause: 'authorisation_disputed', code: 'PAYMENT_STATUS_REPORT-915' },
  sepa_core: { cause: 'refund_requested', code: 'MD06' },
};

/** Other causes a caller may ask for, with the code each scheme gives. */
const CODES: Readonly<Record<string, Partial<Record<Scheme, string>>>> = {
  bank_account_closed: { ach: 'ACH_RETURN-R02', bacs: 'ARUDD-B', sepa_core: 'AC04', becs: '3', pay_to: '3' },
  invalid_bank_details: { ach: 'ACH_RETURN-R03', bacs: 'ARUDD-5', sepa_core: 'AC01', becs: '1', pay_to: '1' },
  authorisation_disputed: { ach: 'ACH_RETURN-R07', bacs: 'ARUDD-4', becs: 'MD01' },
  mandate_cancelled: { bacs: 'ARUDD-1', sepa_core: 'MD01', becs_nz: 'DISHONOUR-AG01' },
  bank_account_transferred: { bacs: 'ARUDD-3' },
  test_failure: { sepa_core: 'TEST' },
  insufficient_funds: { sepa_core: 'AM04' },
  refer_to_payer: { bacs: 'ARUDD-0', sepa_core: 'MS03', ach: 'ACH_RETURN-R01' },
};

const MANDATE_CODES: Readonly<Record<string, Partial<Record<Scheme, string>>>> = {
  invalid_bank_details: { ach: 'ACH_RETURN-R03', bacs: 'AUDDIS-5', sepa_core: 'AC01', becs: '1' },
  mandate_cancelled: { ach: 'ACH_RETURN-R07', bacs: 'ADDACS-1', sepa_core: 'MD01', becs: 'CBC' },
  bank_account_closed: { ach: 'ACH_RETURN-R02', bacs: 'ADDACS-B', sepa_core: 'AC04', becs: 'AC04' },
  authorisation_disputed: { bacs: 'DDICA-4', ach: 'ACH_RETURN-R10', becs: 'UDUNAUT' },
};

type BankDetails = Pick<EventDetails, 'origin' | 'cause'> & { details: Partial<EventDetails> };

/** Why a debit failed; `cause` left out: the scheme's usual one. */
export function failureReason(scheme: Scheme, cause?: string): BankDetails {
  const usual = NO_MONEY[scheme];
  if (cause === undefined || cause === usual.cause) return bank(scheme, usual.cause, usual.code);
  return bank(scheme, cause, CODES[cause]?.[scheme]);
}

export function chargebackReason(scheme: Scheme): BankDetails {
  const usual = TAKEN_BACK[scheme];
  return bank(scheme, usual?.cause ?? 'other', usual?.code);
}

export function mandateReason(scheme: Scheme, cause: string): BankDetails {
  return bank(scheme, cause, MANDATE_CODES[cause]?.[scheme]);
}

function bank(scheme: Scheme, cause: string, code?: string): BankDetails {
  return { origin: 'bank', cause, details: code === undefined ? { scheme } : { scheme, reason_code: code } };
}
