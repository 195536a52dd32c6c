import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import {
  GC_PATH,
  VERIFIER,
  event,
  events,
  hex,
  pythonSigned,
  withIngress,
} from '../../../tests/support/ingress-under-test.ts';

const on = withIngress();

describe('an authentic delivery', () => {
  test('is committed before it is answered, each event with its flow', async () => {
    const body = events(
      event('EV1'),
      event('EV2', { resource_type: 'mandates', action: 'active', links: { mandate: 'MD1' } }),
      event('EV3', { resource_type: 'exports', action: 'completed', links: { export: 'EX1' } }),
    );
    const answer = await on.postGocardless(body);
    expect(answer).toMatchObject({ status: 200, body: { accepted: 3, duplicates: 0 } });
    expect(await on.rows()).toMatchObject([
      { external_event_id: 'EV1', type: 'payments.confirmed', resource_id: 'PM1', state: 'stored' },
      { external_event_id: 'EV2', flow: 'invoice-to-mandate', business_id: 'b1' },
      { external_event_id: 'EV3', flow: null, provider: 'gocardless' },
    ]);
    const [first, second] = await on.rows();
    expect(first?.['flow']).toBe('payment-to-freshbooks');
    expect(first?.['correlation_id']).toBe(second?.['correlation_id']);
  });

  test('repeats are counted as duplicates', async () => {
    await on.postGocardless(events(event('EV1')));
    const answer = await on.postGocardless(events(event('EV1'), event('EV2'), event('EV2')));
    expect(answer.body).toEqual({ accepted: 1, duplicates: 2 });
  });

  test('a dashboard test without events is fine', async () => {
    expect(await on.postGocardless(events())).toMatchObject({
      status: 200,
      body: { accepted: 0, duplicates: 0 },
    });
  });

  test('a batch of 250 with one unreadable event loses only that one, and keeps it', async () => {
    const list: unknown[] = Array.from({ length: 250 }, (_, index) => event(`EV${index}`));
    list[100] = { id: 17, resource_type: null };
    const answer = await on.postGocardless(events(...list));
    expect(answer).toMatchObject({ status: 200, body: { accepted: 250, duplicates: 0 } });
    const stored = await on.rows();
    expect(stored).toHaveLength(250);
    const unreadable = stored.filter((row) => row['type'] === 'unreadable');
    expect(unreadable).toHaveLength(1);
    expect(unreadable[0]?.['flow']).toBe('payment-to-freshbooks');
  });

  test('sees one FreshBooks delivery as one new event, even when the bytes are the same', async () => {
    const body = 'name=invoice.create&object_id=7&account_id=6BApk';
    const signature = pythonSigned(body, VERIFIER);
    for (let round = 0; round < 2; round += 1)
      expect(await on.postFreshbooks(body, signature)).toMatchObject({
        status: 200,
        body: { accepted: 1, duplicates: 0 },
      });
    expect(await on.rows()).toMatchObject([
      { resource_id: '7', flow: 'invoice-to-mandate', payload: body },
      { resource_id: '7' },
    ]);
  });

  test('NUL and lone surrogates in an event poison nobody', async () => {
    const body = events(event('EV1'), event('EV\u0000'), event('EV2', { details: '\u0000 \ud800' }));
    expect(await on.postGocardless(body)).toMatchObject({
      status: 200,
      body: { accepted: 3, duplicates: 0 },
    });
    expect((await on.rows()).map((row) => row['type'])).toEqual([
      'payments.confirmed',
      'unreadable',
      'payments.confirmed',
    ]);
  });

  test.each([
    ['not JSON', 'hello'],
    ['not the shape', '[]'],
    ['not UTF-8', Buffer.from('{"events":[],"x":"\xff"}', 'latin1')],
    ['nothing', ''],
  ])('unreadable (%s): 400, and kept for a person', async (_name, body) => {
    const headers = { 'content-type': 'application/json', 'webhook-signature': hex(body) };
    for (let round = 0; round < 2; round += 1)
      expect(await on.post(GC_PATH, body, headers)).toMatchObject({
        status: 400,
        body: { error: 'unreadable_body' },
      });
    const stored = await on.rows();
    expect(stored).toHaveLength(1);
    expect(stored[0]).toMatchObject({ type: 'unreadable', flow: 'payment-to-freshbooks' });
    expect(stored[0]?.['external_event_id']).toMatch(/^body-sha256:[0-9a-f]{64}$/);
    expect(Buffer.from(stored[0]?.['payload'] ?? '', 'base64')).toEqual(Buffer.from(body));
  });
});

describe('what is refused before anything is read', () => {
  test.each([
    ['/webhooks/gocardless/unknown'],
    ['/webhooks/gocardless/fb1'],
    ['/webhooks/gocardless/gc1/extra'],
    ['/webhooks/gocardless/..%2fgc1'],
    ['/webhooks/paypal/gc1'],
    ['/webhooks/stripe/gc1'],
    ['/webhooks'],
  ])('404: %s', async (path) => {
    expect((await on.postGocardless(events(), hex(events()), path)).status).toBe(404);
  });

  test('404 for other methods', async () => {
    expect((await fetch(`http://127.0.0.1:${on.port}${GC_PATH}`)).status).toBe(404);
  });

  test('400 for a path that cannot be decoded', async () => {
    expect((await on.postGocardless(events(), '', '/webhooks/gocardless/%zz')).status).toBe(400);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    '415: %s',
    async (type) => {
      const answer = await on.post(GC_PATH, '{}', { 'content-type': type, 'webhook-signature': hex('{}') });
      expect(answer.status).toBe(415);
    },
  );

  test('415: compressed', async () => {
    const answer = await on.post(GC_PATH, '{}', {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'webhook-signature': hex('{}'),
    });
    expect(answer.status).toBe(415);
  });

  test('a media type with parameters in any case is fine', async () => {
    const answer = await on.post(GC_PATH, events(), {
      'content-type': 'Application/JSON; charset=utf-8',
      'webhook-signature': hex(events()),
    });
    expect(answer.status).toBe(200);
  });

  test('413 over 1 MiB, announced or not; exactly 1 MiB is read', async () => {
    const limit = events(event('EV1', { details: '' }));
    const full = limit.replace('"details":""', `"details":"${'x'.repeat(1024 * 1024 - limit.length)}"`);
    expect((await on.postGocardless(full)).status).toBe(200);
    expect((await on.postGocardless(`${full} `)).status).toBe(413);
    expect(await postChunked(Buffer.alloc(2 * 1024 * 1024, 'x'))).toBe(413);
    expect(await on.rows()).toHaveLength(1);
  });

  function postChunked(body: Buffer): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
      const request = httpRequest(
        { port: on.port, host: '127.0.0.1', method: 'POST', path: GC_PATH, headers },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }
});

describe('awkward senders', () => {
  const head = (body: string) =>
    [
      `POST ${GC_PATH} HTTP/1.1`,
      'Host: x',
      'Content-Type: application/json',
      `Webhook-Signature: ${hex(body)}`,
      `Content-Length: ${body.length}`,
      '',
      '',
    ].join('\r\n');

  test('a body byte by byte is read to its end', async () => {
    const body = events(event('SLOW'));
    const socket = connect(on.port, '127.0.0.1').setNoDelay(true);
    socket.write(head(body));
    for (const byte of body) await new Promise((resolve) => socket.write(byte, resolve));
    const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(answer.toString()).toContain('{"accepted":1,"duplicates":0}');
    socket.destroy();
  });

  test('a sender that goes away in the middle leaves nothing and harms nobody', async () => {
    const body = events(event('CUT'));
    const socket = connect(on.port, '127.0.0.1');
    socket.write(head(body) + body.slice(0, 20));
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    expect((await on.postGocardless(events(event('NEXT')))).status).toBe(200);
    expect((await on.rows()).map((row) => row['external_event_id'])).toEqual(['NEXT']);
  });
});

describe('the rest', () => {
  test('every answer is JSON with security headers', async () => {
    const answers = [
      await on.postGocardless(events()),
      await on.postGocardless(events(), 'x'),
      await on.postGocardless('', '', '/nowhere'),
    ];
    for (const { headers } of answers) {
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('strict-transport-security')).toContain('max-age');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  test('health and metrics', async () => {
    const get = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${on.port}${path}`);
      return [response.status, await response.text()] as const;
    };
    await on.postGocardless(events(event('M1')));
    expect(await get('/livez')).toEqual([200, '{"live":true}']);
    expect(await get('/readyz')).toEqual([200, '{"ready":true}']);
    const [status, text] = await get('/metrics');
    expect(status).toBe(200);
    expect(text).toMatch(/mlc_webhook_answers_total\{provider="gocardless",status="200"\} \d+/);
    expect(text).toMatch(/mlc_webhook_events_total\{provider="gocardless",outcome="accepted"\} \d+/);
  });
});
