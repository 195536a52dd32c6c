import { postgresBackend, redisBackend } from '@mlc/platform/queue/backend';
import axios from 'axios';
import { AMOUNT_MINOR, businessOfJob, captureId } from './seeds.ts';

/**
 * What anybody would write first: take a job, fetch the capture, its order and the invoice it names, post the payment.
 * Nothing is kept, locked, checked or looked at twice. Arguments: the queue's address, then those of the providers.
 */
const [, , queueUrl = '', freshbooksUrl = '', paypalUrl = ''] = process.argv;

/** As many at a time as a worker of ours has of one flow. */
const CONCURRENCY = 20;
const TELL_MS = 10;
const NAIVE_QUEUE = 'naive-captures';

interface Capture {
  readonly invoice_id: string;
  readonly amount: { readonly value: string; readonly currency_code: string };
  readonly create_time: string;
  readonly supplementary_data: { readonly related_ids: { readonly order_id: string } };
}

const paypal = axios.create({ baseURL: paypalUrl, headers: { Authorization: 'Bearer naive' } });
const freshbooks = axios.create({ baseURL: freshbooksUrl, headers: { Authorization: 'Bearer naive' } });

async function book(job: number): Promise<void> {
  const { data: capture } = await paypal.get<Capture>(`/v2/payments/captures/${captureId(job)}`);
  await paypal.get(`/v2/checkout/orders/${capture.supplementary_data.related_ids.order_id}`);
  const account = `/accounting/account/ACC${businessOfJob(job)}`;
  const { data: found } = await freshbooks.get<{ response: { result: { invoices: { id: number }[] } } }>(
    `${account}/invoices/invoices`,
    { params: { 'search[invoice_number]': capture.invoice_id } },
  );
  await freshbooks.post(`${account}/payments/payments`, {
    payment: {
      invoiceid: found.response.result.invoices[0]?.id,
      amount: { amount: (AMOUNT_MINOR / 100).toFixed(2), code: capture.amount.currency_code },
      date: capture.create_time.slice(0, 10),
      type: 'PayPal',
      note: `PayPal ${captureId(job)}`,
    },
  });
}

let finished = 0;
let told = 0;
setInterval(() => {
  if (finished !== told) process.send?.({ finished });
  told = finished;
}, TELL_MS);

const backend = queueUrl.startsWith('redis') ? redisBackend([queueUrl]) : postgresBackend(queueUrl);
const worker = backend.openWorker(NAIVE_QUEUE, (job) => book((job.data as { job: number }).job), {
  concurrency: CONCURRENCY,
  removeOnComplete: { count: 0 },
});
worker.on('completed', () => (finished += 1));
worker.on('failed', (_job, error) => process.stderr.write(`the naive worker: ${error.message}\n`));
process.once('disconnect', () => process.exit(0));
await worker.waitUntilReady();
process.send?.({ finished: 0 });
