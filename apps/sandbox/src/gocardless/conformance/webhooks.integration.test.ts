import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { GoCardlessClient } from 'gocardless-nodejs';
import * as officialWebhooks from 'gocardless-nodejs/webhooks';
import { activeMandate, openBench } from '../../../../../tests/support/official-gocardless.ts';
import type { Sandbox } from '../../main.ts';

const SECRET = 'ED7D658C-D8EB-4941-948B-3973214F2D49';

let sandbox: Sandbox;
let client: GoCardlessClient;

beforeEach(async () => {
  ({ sandbox, client } = await openBench());
});

afterEach(() => sandbox.close());

describe('webhooks', () => {
  let receiver: Server;
  let received: { body: string; headers: NodeJS.Dict<string | string[]> }[];
  let answerStatus: () => number;

  beforeEach(async () => {
    received = [];
    answerStatus = () => 204;
    receiver = createServer((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        received.push({ body: Buffer.concat(chunks).toString('utf8'), headers: req.headers });
        res.writeHead(answerStatus()).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    sandbox.gocardless.addEndpoint({ url: `http://127.0.0.1:${port}/hook`, secret: SECRET });
  });

  afterEach(() => void receiver.close());

  const eventsOf = (index = 0): { id: string; action: string }[] => {
    const { body, headers } = received[index] ?? { body: '', headers: {} };
    const parsed: unknown = officialWebhooks.parse(body, SECRET, String(headers['webhook-signature']));
    return parsed as { id: string; action: string }[];
  };

  test('the official parser accepts the signature; the log has the delivery', async () => {
    activeMandate(sandbox);
    await sandbox.idle();
    expect(eventsOf().map(({ action }) => action)).toEqual(['created', 'submitted', 'active']);
    expect(received[0]?.headers).toMatchObject({
      origin: 'https://api-sandbox.gocardless.com',
      'content-type': 'application/json',
      'user-agent': 'gocardless-webhook-service/1.2',
    });
    const [logged] = (await client.webhooks.list({})).webhooks;
    expect(logged).toMatchObject({
      response_code: 204,
      successful: true,
      is_test: false,
      request_body: received[0]?.body,
    });
    const { webhookId } = officialWebhooks.parseWithMeta(
      String(received[0]?.body),
      SECRET,
      String(received[0]?.headers['webhook-signature']),
    );
    expect(webhookId).toBe(logged?.id);
    const withOtherSecret = (): unknown =>
      officialWebhooks.parse(
        String(received[0]?.body),
        'x',
        String(received[0]?.headers['webhook-signature']),
      ) as unknown;
    expect(withOtherSecret).toThrow();
  });

  test('a failed delivery is retried with the same bytes; a logged one can be sent again', async () => {
    let left = 2;
    answerStatus = () => (left-- > 0 ? 503 : 204);
    sandbox.gocardless.deliveries.set({ retryDelaysMs: [1, 1, 1] });
    activeMandate(sandbox);
    await sandbox.idle();
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    const [logged] = (await client.webhooks.list({ successful: 'true' } as never)).webhooks;
    await client.webhooks.retry(String(logged?.id));
    await sandbox.idle();
    expect(received).toHaveLength(4);
    expect(received[3]?.body).toBe(received[0]?.body);
  });

  test('batches hold at most the configured number, shuffled and doubled on request', async () => {
    sandbox.gocardless.organisation.settings.webhooks.batchSize = 2;
    sandbox.gocardless.deliveries.set({ duplicate: 1, drop: 0, shuffle: true });
    activeMandate(sandbox);
    await sandbox.idle();
    expect(received).toHaveLength(3);
    sandbox.gocardless.deliveries.set({ drop: 'always' });
    activeMandate(sandbox);
    await sandbox.idle();
    expect(received).toHaveLength(3);
  });

  test('a test webhook from the dashboard is signed and about nothing', async () => {
    const id = sandbox.gocardless.scenarios.sendTestWebhook();
    await sandbox.idle();
    expect(eventsOf().map((event) => event.id)).toEqual([id]);
    expect((await client.webhooks.list({})).webhooks).toMatchObject([{ is_test: true }]);
    expect((await client.events.list({})).events).toEqual([]);
  });
});
