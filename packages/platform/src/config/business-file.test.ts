import { expect, test } from '@jest/globals';
import {
  type BusinessFileInput,
  BusinessFileError,
  checkBusinessFile,
  parseBusinessFile,
} from './business-file.ts';

const MINIMAL = { business: 'acme', timezone: 'Europe/London' };

const FULL = {
  ...MINIMAL,
  displayName: 'Acme Ltd',
  notify: { emails: ['finance@acme.test'] },
  connections: {
    freshbooks: {
      accountId: 'xZNQ1X',
      businessId: 439000,
      businessUuid: '0b4c3c6e-0000-4000-8000-000000000001',
      accessToken: 'fb-access',
      refreshToken: 'fb-refresh',
      expiresAt: '2026-11-21T12:00:00Z',
      callbacks: [{ event: 'invoice.create', callbackId: 2001, verifier: 'v-secret' }],
    },
    gocardless: { environment: 'sandbox', accessToken: 'gc-access', webhookSecrets: ['gc-secret'] },
    paypal: { environment: 'live', clientId: 'id', clientSecret: 'pp', webhookId: 'WH1', merchantId: 'M1' },
  },
  policy: {
    mode: 'observe',
    limits: { maxDebitMinor: { GBP: 500_000 }, maxDebitsPerDay: { GBP: 100, EUR: 5 } },
    collectFrom: '2026-11-01',
    accounts: { staffId: null },
  },
} satisfies BusinessFileInput;

function problemsOf(content: unknown): Record<string, string> {
  try {
    checkBusinessFile(content);
  } catch (error) {
    if (error instanceof BusinessFileError)
      return Object.fromEntries(error.problems.map(({ path, message }) => [path, message]));
  }
  return {};
}

test('the contract’s file is taken, and what is left out gets its default', () => {
  expect(checkBusinessFile(FULL)).toMatchObject(FULL);
  expect(checkBusinessFile(MINIMAL)).toEqual({
    ...MINIMAL,
    notify: { emails: [] },
    connections: {},
    policy: {
      limits: { maxDebitMinor: {}, maxDebitsPerDay: {} },
      chargeDate: 'due-date',
      noMandate: 'review',
      recordPaymentAt: 'confirmed',
      onLateFailure: 'reverse',
      paypalFees: 'none',
      gocardlessFees: 'none',
      payoutEntry: 'none',
      accounts: {
        feeExpenseCategoryId: null,
        staffId: null,
        bankAccountUuid: null,
        clearingAccountUuid: null,
        feeAccountUuid: null,
      },
    },
  });
});

const withGocardless = (changes: object) => ({
  ...MINIMAL,
  connections: { gocardless: { ...FULL.connections.gocardless, ...changes } },
});

test.each([
  [{ timezone: 'Europe/London' }, 'business', 'is missing'],
  [{ ...MINIMAL, business: 'Acme Ltd' }, 'business', 'lower-case'],
  [{ ...MINIMAL, timezone: 'London' }, 'timezone', 'IANA'],
  [{ ...MINIMAL, timezone: 3 }, 'timezone', 'must be a text in quotes'],
  [{ ...MINIMAL, notify: { emails: ['finance'] } }, 'notify.emails.0', 'e-mail'],
  [{ ...MINIMAL, polcy: {} }, 'polcy', 'did you mean policy?'],
  [{ ...MINIMAL, policy: { noMandate: 'skip' } }, 'policy.noMandate', 'must be review or request or pause'],
  [{ ...MINIMAL, policy: { mode: 'on' } }, 'policy.mode', 'must be observe or live'],
  [
    { ...MINIMAL, policy: { limits: { maxDebitMinor: { GBP: 10.5 } } } },
    'policy.limits.maxDebitMinor.GBP',
    'a whole number',
  ],
  [
    { ...MINIMAL, policy: { limits: { maxDebitMinor: { GBP: '500000' } } } },
    'policy.limits.maxDebitMinor.GBP',
    'a whole number',
  ],
  [
    { ...MINIMAL, policy: { limits: { maxDebitsPerDay: { GBP: 0 } } } },
    'policy.limits.maxDebitsPerDay.GBP',
    'at least 1',
  ],
  [
    { ...MINIMAL, policy: { limits: { maxDebitsPerDay: { gbp: 1 } } } },
    'policy.limits.maxDebitsPerDay.gbp',
    'such as GBP',
  ],
  [
    { ...MINIMAL, policy: { limits: { maxDebitMinor: 500_000 } } },
    'policy.limits.maxDebitMinor',
    'an object of currencies',
  ],
  [
    { ...MINIMAL, policy: { limits: { maxDebitMinr: {} } } },
    'policy.limits.maxDebitMinr',
    'did you mean maxDebitMinor?',
  ],
  [{ ...MINIMAL, policy: { collectFrom: '2026-02-30' } }, 'policy.collectFrom', 'a date such as'],
  [
    { ...MINIMAL, connections: { stripe: {} } },
    'connections.stripe',
    'known here: freshbooks, gocardless, paypal',
  ],
  [withGocardless({ accessToken: undefined }), 'connections.gocardless.accessToken', 'is missing'],
  [withGocardless({ accessToken: 'a b' }), 'connections.gocardless.accessToken', 'paste it as issued'],
  [withGocardless({ acessToken: 'x' }), 'connections.gocardless.acessToken', 'did you mean accessToken?'],
  [withGocardless({ environment: 'test' }), 'connections.gocardless.environment', 'sandbox or live'],
  [
    { ...MINIMAL, connections: { paypal: { ...FULL.connections.paypal, webhookId: 'WEBHOOK_ID' } } },
    'connections.paypal.webhookId',
    'placeholder',
  ],
  [
    { ...MINIMAL, connections: { freshbooks: { ...FULL.connections.freshbooks, expiresAt: 'tomorrow' } } },
    'connections.freshbooks.expiresAt',
    'a time such as',
  ],
  [
    {
      ...MINIMAL,
      connections: {
        freshbooks: { ...FULL.connections.freshbooks, callbacks: [{ event: 'invoice.create' }] },
      },
    },
    'connections.freshbooks.callbacks.0.callbackId',
    'is missing',
  ],
  ['just text', '', 'must be an object'],
])('%j is refused by the name of the field', (content, path, message) => {
  expect(problemsOf(content)[path]).toContain(message);
});

test('ids are opaque: numbers in quotes are the same ids, an account is whatever FreshBooks calls it', () => {
  const { freshbooks } = FULL.connections;
  const quoted = checkBusinessFile({
    ...FULL,
    connections: {
      freshbooks: {
        ...freshbooks,
        businessId: '439000',
        callbacks: [{ event: 'invoice.create', callbackId: '2001', verifier: 'v-secret' }],
      },
    },
    policy: { accounts: { feeExpenseCategoryId: '771', staffId: '1', bankAccountUuid: 'acct_bank-1' } },
  });
  expect(quoted.connections.freshbooks).toMatchObject({
    businessId: 439_000,
    callbacks: [{ callbackId: 2001 }],
  });
  expect(quoted.policy.accounts).toMatchObject({
    feeExpenseCategoryId: 771,
    staffId: 1,
    bankAccountUuid: 'acct_bank-1',
  });
});

test('every problem is named at once, and no value is repeated', () => {
  const problems = problemsOf({
    ...withGocardless({ accessToken: 'hush hush', environment: 'hush' }),
    business: '!',
  });
  expect(Object.keys(problems)).toHaveLength(3);
  expect(JSON.stringify(problems)).not.toContain('hush');
});

test('text that is not JSON is refused with its line', () => {
  expect(() => parseBusinessFile('{\n "business": "acme",\n}')).toThrow(/is not JSON \(line 3\)/);
});
