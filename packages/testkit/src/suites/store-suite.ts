import { beforeEach, describe } from '@jest/globals';
import { arrivalTests } from './store/arrivals.ts';
import { clientTests } from './store/clients.ts';
import { collectionTests } from './store/collections.ts';
import { eventTests } from './store/events.ts';
import { ledgerTests } from './store/ledger.ts';
import { mirrorTests } from './store/mirror.ts';
import { payoutTests } from './store/payouts.ts';
import { postingTests } from './store/postings.ts';
import { reviewTests } from './store/reviews.ts';
import { type Bench, type StoreSubject, testClock, type TestClock } from './store/subject.ts';
import { transactionTests } from './store/transactions.ts';

export type { StoreSubject, TestClock } from './store/subject.ts';

/** What every implementation of core's `Store` must do. `makeStore` gives an empty store of its own for each test. */
export function storeSuite(name: string, makeStore: (clock: TestClock) => Promise<StoreSubject>): void {
  describe(name, () => {
    let subject: StoreSubject;
    let clock: TestClock;
    beforeEach(async () => {
      clock = testClock();
      subject = await makeStore(clock);
    });
    const bench: Bench = { subject: () => subject, clock: () => clock };
    transactionTests(bench);
    collectionTests(bench);
    postingTests(bench);
    reviewTests(bench);
    mirrorTests(bench);
    clientTests(bench);
    eventTests(bench);
    ledgerTests(bench);
    payoutTests(bench);
    arrivalTests(bench);
  });
}
