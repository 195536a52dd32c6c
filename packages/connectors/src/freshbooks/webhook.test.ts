import { describe, expect, it } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import type { Delivery } from '@mlc/core';
import { sign, signedMessages } from './signature.ts';
import { freshbooksWebhook, readHandshake } from './webhook.ts';

const KEY = 'scADVVi5QuKuj5qTjVkbJNYQe7V7USpGd';

/** freshbooks.md 5.5: computed with Python 3.11. `compact` is the mistake of signing JSON.stringify's output. */
const VECTORS = [
  {
    body: 'name=invoice.create&object_id=1234567&account_id=6BApk&business_id=6543&identity_id=1234&user_id=1',
    signature: '/S03vyYmI7CekM4YXBHUhs9o5rnMtqGLrW3aA8S9gPc=',
    compact: 'ENwe/8MKygI95fsgnoIq4e1NnxOVl/8jdAncDoXm2/k=',
    sorted: 'FtffEdUdkm+qHQKMOC1CuYT5HYULKhp1ka2waobpTrg=',
  },
  {
    body: 'name=client.update&object_id=921895&user_id=1&identity_id=14051539&business_id=14393743&account_id=p7rQW5',
    signature: 'iJZOXmjrd3oWVqpjPSOD3T4h++SND5zKcEcZTK3y6g0=',
    compact: 'Lj6iDfuZ4pX/hW7uTm8IK3IAfM9cfWOk3BftpC0pX+U=',
    sorted: 'LW6dqkrj7EW72/J++htP6TkTm+9VD/D2ndiUSjzNKp8=',
  },
  {
    body: 'name=callback.verify&object_id=2001&account_id=6BApk&user_id=1&verifier=scADVVi5QuKuj5qTjVkbJNYQe7V7USpGd',
    signature: 'n0z402wuQRTOtgf+Dd1EbflqlbPN1QErJT5CthsdMdY=',
    compact: 'SeBpZhqixbuC6FdB+fUNX07QMg1RZhGh5GNXgBgXipY=',
  },
  {
    body: 'name=payment.create&object_id=235435&account_id=6BApk&business_id=6543&identity_id=1234&user_id=1',
    signature: 'xukU1zK+q+HNFSwXQQCkE3cFkntW+TD5lnqNfgfndDY=',
  },
  {
    body: 'name=invoice.update&object_id=7&note=a%3Ab%2C+c%2Fd+%22q%22+%5C+%C3%A9+%E2%82%AC%F0%9F%98%80+%3C%26%3E',
    signature: 'zVAdCsIwbdCC8rh6A1Z/GEATanRDsQKWQ3rjqEN6ADc=',
    compact: 'FGJqGdmgGvEQ9RkUVdveFJFOGQFjpcTBGyy8iFhMNno=',
  },
  { body: 'name=x&c=%7F%0A%09%08%0C%0D%01', signature: 'xsoifE8kcD2rfDXMDTnP+/HeD/O3Ch/6Xgy43Rnpe8o=' },
];

function delivery(body: string | Uint8Array, signature?: string): Delivery {
  return {
    rawBody: Buffer.from(body),
    headers: signature === undefined ? {} : { 'x-freshbooks-hmac-sha256': signature },
    pathEvent: 'invoice.create',
  };
}

function accepts(
  body: string | Uint8Array,
  signature: string | undefined,
  secrets: string[] = [KEY],
): boolean {
  const verification = freshbooksWebhook.verify(delivery(body, signature), secrets);
  if (verification instanceof Promise) throw new Error('verification has to be synchronous');
  return verification.ok;
}

describe('verify', () => {
  it.each(VECTORS)('accepts $body', ({ body, signature }) => {
    expect(accepts(body, signature)).toBe(true);
  });

  it.each(VECTORS.filter((vector) => vector.compact !== undefined))(
    'refuses compact JSON for $body',
    ({ body, compact }) => expect(accepts(body, compact)).toBe(false),
  );

  it.each(VECTORS.filter((vector) => vector.sorted !== undefined))(
    'accepts the sorted order of $body',
    ({ body, sorted }) => expect(accepts(body, sorted)).toBe(true),
  );

  it('signs exactly the message of vector 5', () => {
    expect(signedMessages(Buffer.from(VECTORS[4]?.body ?? ''))[0]).toBe(
      '{"name": "invoice.update", "object_id": "7", "note": "a:b, c/d \\"q\\" \\\\ \\u00e9 \\u20ac\\ud83d\\ude00 <&>"}',
    );
  });

  it('refuses every change of any one byte of the body or the signature', () => {
    const change = fc.record({
      vector: fc.constantFrom(...VECTORS),
      inBody: fc.boolean(),
      at: fc.nat(),
      to: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(change, ({ vector, inBody, at, to }) => {
        const bytes = Buffer.from(inBody ? vector.body : vector.signature, 'latin1');
        const index = at % bytes.length;
        fc.pre(bytes[index] !== to);
        bytes[index] = to;
        return inBody ? !accepts(bytes, vector.signature) : !accepts(vector.body, bytes.toString('latin1'));
      }),
      { numRuns: 3_000 },
    );
  });

  it('refuses every one-byte change of a hex digit or a plus', () => {
    const { body, signature } = VECTORS[4] ?? { body: '', signature: '' };
    for (let index = 0; index < body.length; index += 1) {
      for (const to of new Set([body.charAt(index).toLowerCase(), ' ', '+', '%'])) {
        if (to === body.charAt(index)) continue;
        expect(accepts(body.slice(0, index) + to + body.slice(index + 1), signature)).toBe(false);
      }
    }
  });

  it('tries every verifier that is valid now', () => {
    const [first] = VECTORS;
    expect(accepts(first?.body ?? '', first?.signature, ['old', KEY, 'new'])).toBe(true);
    expect(accepts(first?.body ?? '', first?.signature, ['old', 'new'])).toBe(false);
  });

  it('refuses everything without a verifier, even what an empty key signed', () => {
    const body = 'name=invoice.create&object_id=1';
    const signature = sign(signedMessages(Buffer.from(body))[0], '');
    expect(accepts(body, signature, [])).toBe(false);
    expect(accepts(body, signature, [''])).toBe(false);
  });

  it.each([undefined, '', 'x'])('refuses the signature %s', (signature) => {
    expect(accepts(VECTORS[0]?.body ?? '', signature)).toBe(false);
  });

  it('agrees with itself for any fields', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))),
        (fields) => {
          const body = new URLSearchParams(fields).toString();
          return accepts(body, sign(signedMessages(Buffer.from(body))[0], KEY));
        },
      ),
    );
  });
});

describe('split', () => {
  it('makes one event, new for every delivery', () => {
    const body = VECTORS[0]?.body ?? '';
    const results = [1, 2].map(() => freshbooksWebhook.split(delivery(body)));
    const events = results.flatMap((result) => (result.kind === 'events' ? result.events : []));
    expect(events).toHaveLength(2);
    expect(events[0]).toMatchObject({ type: 'invoice.create', resourceId: '1234567', payload: body });
    expect(events[0]?.externalEventId).toMatch(/^fb-[0-9a-f-]{36}$/);
    expect(events[0]?.externalEventId).not.toBe(events[1]?.externalEventId);
  });

  it('takes the first of a repeated field', () => {
    const result = freshbooksWebhook.split(delivery('name=invoice.create&object_id=1&object_id=2&name=x'));
    expect(result).toMatchObject({ events: [{ type: 'invoice.create', resourceId: '1' }] });
  });

  it.each([
    ['', 'name'],
    ['object_id=1', 'name'],
    ['name=&object_id=1', 'name'],
    ['name=invoice.create', 'object_id'],
    ['{"name":"invoice.create"}', 'name'],
  ])('names what is missing in "%s"', (body, field) => {
    expect(freshbooksWebhook.split(delivery(body))).toEqual({
      kind: 'unreadable',
      why: `field ${field} is missing`,
    });
  });
});

describe('translate', () => {
  const meaning = (type: string, resourceId = '7') =>
    freshbooksWebhook.translate({ type, resourceId, payload: '' });

  it.each([
    ['invoice', undefined],
    ['invoice.create', undefined],
    ['invoice.update', undefined],
    ['invoice.constructor', undefined],
    ['invoice.delete', 'deleted'],
    ['invoice.sendByEmail', 'sent'],
  ])('%s', (type, told) => {
    expect(meaning(type)).toEqual({ kind: 'invoice-changed', invoiceId: '7', told });
  });
  it.each(['client', 'client.update'])('%s', (type) => {
    expect(meaning(type)).toEqual({ kind: 'client-changed', clientId: '7' });
  });
  it.each(['payment', 'payment.create', 'payment.delete'])('%s', (type) => {
    const isDeleted = type.endsWith('.delete') ? true : undefined;
    expect(meaning(type)).toEqual({ kind: 'book-payment-changed', bookPaymentId: '7', isDeleted });
  });
  it.each(['estimate.create', 'callback.verify', 'toString', 'invoices.create', 'constructor.x'])(
    '%s',
    (type) => {
      expect(meaning(type).kind).toBe('irrelevant');
    },
  );
  it('cannot read an id that is none', () => {
    expect(meaning('invoice.create', '7/../8').kind).toBe('unreadable');
    expect(meaning('unreadable', '').kind).toBe('unreadable');
  });
});

describe('readHandshake', () => {
  it('reads callback and verifier', () => {
    expect(readHandshake(Buffer.from(VECTORS[2]?.body ?? ''))).toEqual({ callbackId: '2001', verifier: KEY });
  });
  it.each([
    'name=invoice.create&object_id=1&verifier=x',
    'name=callback.verify&object_id=1',
    'name=callback.verify&object_id=a&verifier=x',
    '',
  ])('is null for "%s"', (body) => expect(readHandshake(Buffer.from(body))).toBeNull());
});
