import { createHmac, timingSafeEqual } from 'node:crypto';
import { Queue } from 'bullmq';
import express, { type Request } from 'express';
import { SECRET } from '../bodies.ts';
import { listening } from './listening.ts';

/** The obvious design: verify, parse, put a job into Redis, answer. Redis' address is the first argument. */
const url = new URL(process.argv[2] ?? 'redis://127.0.0.1:6379');
const queue = new Queue('bench-webhooks', {
  connection: { host: url.hostname, port: Number(url.port) },
});

function isAuthentic(request: Request<object, unknown, Buffer>): boolean {
  const given = Buffer.from(request.get('webhook-signature') ?? '', 'hex');
  const expected = createHmac('sha256', SECRET).update(request.body).digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const app = express();
app.use(express.raw({ type: '*/*', limit: '1mb' }));
app.post(
  '/webhooks/gocardless/:connectionId',
  async (request: Request<object, unknown, Buffer>, response) => {
    if (!isAuthentic(request)) {
      response.status(401).json({ error: 'invalid_signature' });
      return;
    }
    await queue.add('delivery', JSON.parse(request.body.toString('utf8')) as object);
    response.status(200).json({ accepted: 1, duplicates: 0 });
  },
);
await queue.waitUntilReady();
listening(app.listen(0, '127.0.0.1'));
