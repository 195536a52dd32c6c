import { createHmac, randomBytes } from 'node:crypto';

/** The connection and secret of the bench's one business. */
export const CONNECTION_ID = 'bench-gocardless';
export const SECRET = 'bench-webhook-secret';

/** One GoCardless delivery of one event, about 490 bytes of body (gocardless.md 4.1), signed, as HTTP/1.1 bytes. */
function requestBytes(id: string): Buffer {
  const body = JSON.stringify({
    events: [
      {
        id,
        created_at: '2026-11-02T09:00:00.000Z',
        resource_type: 'payments',
        action: 'confirmed',
        links: { payment: `PM${id.slice(2, 14)}` },
        details: {
          origin: 'gocardless',
          cause: 'payment_confirmed',
          description:
            'Enough time has passed since the payment was submitted for the banks to return an error.',
          scheme: 'bacs',
        },
        metadata: {},
        resource_metadata: { freshbooks_invoice_id: '1234567', freshbooks_account_id: 'xZNQ1X' },
      },
    ],
    meta: { webhook_id: 'WB0000BENCH0001' },
  });
  const head = [
    `POST /webhooks/gocardless/${CONNECTION_ID} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Origin: https://api.gocardless.com',
    'User-Agent: gocardless-webhook-service/1.2',
    'Content-Type: application/json',
    `Webhook-Signature: ${createHmac('sha256', SECRET).update(body).digest('hex')}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    '',
  ].join('\r\n');
  return Buffer.from(head + body);
}

/** `count` requests whose event ids have never been used before. Made ahead, so that making them is not measured. */
export function distinctRequests(count: number): Buffer[] {
  const series = randomBytes(4).toString('hex').toUpperCase();
  return Array.from({ length: count }, (_, index) =>
    requestBytes(`EV${series}${String(index).padStart(8, '0')}`),
  );
}
