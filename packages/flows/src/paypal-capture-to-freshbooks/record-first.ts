import { ConnectorError, type Job, type PaypalTransaction } from '@mlc/core';
import { lookOrWait } from '../running/not-shown.ts';
import { record } from '../running/record.ts';
import { bookCapture } from './book-capture.ts';
import type { CaptureNews } from './find-capture.ts';

/** How long before a row that names a payment the payment is looked for in PayPal's list: a window of it. In ms. */
const LOOK_BACK_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * A payment somebody tells of something else about: its own money, which must have come, is brought up to date and
 * recorded first. Returns what that waits for when PayPal does not show it (yet). `row`: what of PayPal's list names it.
 */
export async function recordFirst(
  job: Job,
  { captureId, row }: { readonly captureId: string; readonly row?: PaypalTransaction | undefined },
): Promise<ConnectorError | null> {
  const news: CaptureNews = { captureId, told: 'completed', ...(row === undefined ? {} : sinceBefore(row)) };
  const result = await lookOrWait(() => bookCapture(job, news));
  if (result instanceof ConnectorError) return result;
  await record(job, result.effects);
  return null;
}

function sinceBefore({ initiatedAt }: PaypalTransaction): Pick<CaptureNews, 'since'> {
  return { since: new Date(Date.parse(initiatedAt) - LOOK_BACK_MS).toISOString() };
}
