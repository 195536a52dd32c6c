import {
  type Capture,
  type FlowResult,
  formatMoney,
  type Job,
  merchantSubject,
  NAMES_OTHER_MERCHANT,
} from '@mlc/core';
import { ask } from '../asking/review.ts';

/**
 * A payment that our own credentials can read names another merchant than the business file: either is wrong, and nothing is
 * booked until a person says which. One question per connection, however many such payments there are; `mlc apply` of
 * another merchant or other credentials runs them all again.
 */
export async function askAboutMerchant(
  job: Job,
  { capture, merchantId }: { readonly capture: Capture; readonly merchantId: string },
): Promise<FlowResult> {
  const configured = job.captures.merchantId;
  const what = `PayPal payment ${capture.id} of ${formatMoney(capture.amount)} ${NAMES_OTHER_MERCHANT}: ${merchantId}`;
  const result = await ask(job, {
    kind: 'reauthorise',
    subject: merchantSubject(configured),
    amount: null,
    reasons: [
      `${what}, and our credentials can read it. The business file says connections.paypal.merchantId ${configured}.`,
      'Nothing of such payments is booked.',
      `Is ${merchantId} the account of this business, correct connections.paypal.merchantId; is it ${configured}, put client id ` +
        'and secret of its own app into the business file. Then run mlc apply: the payments kept back run again by ' +
        `themselves. Are the payments of ${merchantId} none of this business, resolve this with ignore.`,
    ],
    covers: merchantId,
  });
  return result.state === 'done' ? result : { ...result, reason: `${what}; ${result.reason}` };
}
