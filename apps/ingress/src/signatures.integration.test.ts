import { describe, expect, test } from '@jest/globals';
import { trustCallback } from '@mlc/platform/connections/callbacks';
import { announceChange } from '@mlc/platform/connections/connections';
import { until } from '@mlc/testkit/flow-engine';
import {
  FB_PATH,
  FORM,
  GC_PATH,
  GC_SECRET,
  VERIFIER,
  aFewAtOnce,
  event,
  events,
  hex,
  pythonSigned,
  withIngress,
} from '../../../tests/support/ingress-under-test.ts';

const on = withIngress();
const stores = () => ({ database: on.database, vault: on.vault });

const GC_VECTORS = [
  [
    'V1',
    GC_SECRET,
    '2693754819d3e32d7e8fcb13c729631f316c6de8dc1cf634d6527f1c07276e7e',
    '{"events":[{"id":"EV00BD05S5VM2T","created_at":"2018-07-05T09:13:51.404Z","resource_type":"subscriptions","action":"created","links":{"subscription":"SB0003JJQ2MR06"},"details":{"origin":"api","cause":"subscription_created","description":"Subscription created via the API."},"metadata":{}},{"id":"EV00BD05TB8K63","created_at":"2018-07-05T09:13:56.893Z","resource_type":"mandates","action":"created","links":{"mandate":"MD000AMA19XGEC"},"details":{"origin":"api","cause":"mandate_created","description":"Mandate created via the API."},"metadata":{}}]}',
  ],
  [
    'V2',
    'testing',
    '243f3efa57743c24eec7c5e10edc475b547830d256d5b583745afe319dd90936',
    '{"events":[{"id":"EVTESTNE86TNZS","created_at":"2017-03-20T17:57:02.292Z","resource_type":"payments","action":"failed","links":{"payment":"index_ID_123"},"details":{"origin":"bank","cause":"test_failure","scheme":"sepa_core","reason_code":"TEST","description":"GoCardless has marked this payment as failed in sandbox to enable testing of payment failure webhooks."},"metadata":{}}]}\n',
  ],
  [
    'V3',
    GC_SECRET,
    'd64d57e1662cd51425bd14f7d0c7dd2e489fddb1a00b80ccf37ab0f7eaed1837',
    '{"events":[],"meta":{"webhook_id":"WB123"}}',
  ],
] as const;

/** freshbooks.md 5.5 without the handshake, which has tests of its own. */
const FB_VECTORS = [
  [
    'name=invoice.create&object_id=1234567&account_id=6BApk&business_id=6543&identity_id=1234&user_id=1',
    '/S03vyYmI7CekM4YXBHUhs9o5rnMtqGLrW3aA8S9gPc=',
  ],
  [
    'name=client.update&object_id=921895&user_id=1&identity_id=14051539&business_id=14393743&account_id=p7rQW5',
    'iJZOXmjrd3oWVqpjPSOD3T4h++SND5zKcEcZTK3y6g0=',
  ],
  [
    'name=payment.create&object_id=235435&account_id=6BApk&business_id=6543&identity_id=1234&user_id=1',
    'xukU1zK+q+HNFSwXQQCkE3cFkntW+TD5lnqNfgfndDY=',
  ],
  [
    'name=invoice.update&object_id=7&note=a%3Ab%2C+c%2Fd+%22q%22+%5C+%C3%A9+%E2%82%AC%F0%9F%98%80+%3C%26%3E',
    'zVAdCsIwbdCC8rh6A1Z/GEATanRDsQKWQ3rjqEN6ADc=',
  ],
] as const;

describe('signature vectors', () => {
  test.each(GC_VECTORS)('GoCardless %s is accepted', async (_name, secret, signature, body) => {
    await on.setSecrets([secret]);
    expect((await on.postGocardless(body, signature)).status).toBe(200);
  });

  test.each(FB_VECTORS)('FreshBooks %s is accepted', async (body, signature) => {
    expect((await on.postFreshbooks(body, signature)).status).toBe(200);
  });

  test('FreshBooks vector 6, signed but without an object, is kept and answered 400', async () => {
    const body = 'name=x&c=%7F%0A%09%08%0C%0D%01';
    const answer = await on.postFreshbooks(body, 'xsoifE8kcD2rfDXMDTnP+/HeD/O3Ch/6Xgy43Rnpe8o=');
    expect(answer).toMatchObject({ status: 400, body: { error: 'unreadable_body' } });
    expect(await on.rows()).toMatchObject([{ type: 'unreadable', flow: 'invoice-to-mandate' }]);
  });

  test('every change of one byte of body or signature is refused', async () => {
    await on.setSecrets([GC_SECRET, 'testing']);
    const json = { 'content-type': 'application/json' };
    const refusals = [
      ...GC_VECTORS.flatMap(([, , signature, body]) =>
        changes(body, signature).map(
          ([changedBody, changedSignature]) =>
            () =>
              on.post(GC_PATH, changedBody, { ...json, 'webhook-signature': changedSignature }),
        ),
      ),
      ...FB_VECTORS.flatMap(([body, signature]) =>
        changes(body, signature).map(
          ([changedBody, changedSignature]) =>
            () =>
              on.post(FB_PATH, changedBody, {
                'content-type': FORM,
                'x-freshbooks-hmac-sha256': changedSignature,
              }),
        ),
      ),
    ];
    const answers = await aFewAtOnce(refusals);
    expect(answers.filter((answer) => answer.status !== 401)).toEqual([]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body)))).toEqual(
      new Set(['{"error":"invalid_signature"}']),
    );
    expect(await on.rows()).toEqual([]);
  }, 60_000);

  /** Two changes per byte: the lowest bit, and the one that turns a letter's case. */
  function changes(body: string, signature: string): [Buffer, string][] {
    const flip = (text: string, at: number, mask: number): Buffer => {
      const bytes = Buffer.from(text);
      bytes[at] = (bytes[at] ?? 0) ^ mask;
      return bytes;
    };
    const each = (text: string): [number, number][] =>
      Array.from(Buffer.from(text), (_byte, at): [number, number][] => [
        [at, 1],
        [at, 0x20],
      ]).flat();
    // A control character cannot stand in a header; fetch would refuse to send it.
    const sendable = ([at, mask]: [number, number]) => /^[!-~]+$/.test(flip(signature, at, mask).toString());
    return [
      ...each(body).map(([at, mask]): [Buffer, string] => [flip(body, at, mask), signature]),
      ...each(signature)
        .filter(sendable)
        .map(([at, mask]): [Buffer, string] => [Buffer.from(body), flip(signature, at, mask).toString()]),
    ];
  }
});

describe('secrets', () => {
  const body = events(event('EV1'));

  test('a new one is valid at once, an old one until it is taken away, without a restart', async () => {
    expect((await on.postGocardless(body)).status).toBe(200);
    expect((await on.postGocardless(body, hex(body, 'new'))).status).toBe(401);
    await on.setSecrets([GC_SECRET, 'new']);
    expect((await on.postGocardless(body, hex(body, 'new'))).status).toBe(200);
    expect((await on.postGocardless(body, hex(body))).status).toBe(200);
  });

  test('one that is taken away is refused as soon as the change is announced', async () => {
    await on.setSecrets([GC_SECRET, 'new']);
    expect((await on.postGocardless(body, hex(body, 'new'))).status).toBe(200);
    await on.setSecrets(['new']);
    await on.database.transaction((tx) => announceChange(tx, 'gc1'));
    // Well before the cache's own limit of 5 s: a notification takes milliseconds.
    await until('401', async () => (await on.postGocardless(body, hex(body))).status === 401, 2_000);
    expect((await on.postGocardless(body, hex(body, 'new'))).status).toBe(200);
  });

  test('one more callback of the same event has its own verifier, and a bare noun signs all its verbs', async () => {
    const form = 'name=invoice.create&object_id=7';
    await trustCallback(
      stores(),
      { connectionId: 'fb1', callbackId: '8', event: 'invoice.create' },
      'second',
    );
    await trustCallback(stores(), { connectionId: 'fb1', callbackId: '9', event: 'client' }, 'noun');
    expect((await on.postFreshbooks(form, pythonSigned(form, 'second'))).status).toBe(200);
    expect((await on.postFreshbooks(form, pythonSigned(form, 'noun'))).status).toBe(401);
    const clientPath = '/webhooks/freshbooks/fb1/client.update';
    expect((await on.postFreshbooks(form, pythonSigned(form, 'noun'), clientPath)).status).toBe(200);
    expect((await on.postFreshbooks(form, pythonSigned(form, VERIFIER), clientPath)).status).toBe(401);
  });

  test('a connection without a secret refuses everything', async () => {
    await on.setSecrets([]);
    await on.database.prisma.connection.create({
      data: { id: 'gc2', businessId: 'b2', provider: 'gocardless', environment: 'sandbox', settings: {} },
    });
    for (const signature of [hex(body, ''), hex(body), ''])
      expect((await on.postGocardless(body, signature, '/webhooks/gocardless/gc2')).status).toBe(401);
  });

  test('refusals are counted into one note', async () => {
    await Promise.all(Array.from({ length: 20 }, () => on.postGocardless(body, 'f'.repeat(64))));
    const { rows: notes } = await on.database.pool.query<{ kind: string; details: Record<string, unknown> }>(
      `SELECT kind, details FROM webhook_receipts WHERE kind = 'refused' AND connection_id = 'gc1'`,
    );
    expect(notes.length).toBeLessThanOrEqual(1);
    expect(await on.rows()).toEqual([]);
  });
});
