import { expect, jest, test } from '@jest/globals';
import type { EventView, PostingView, ReviewView } from '@mlc/platform';
import { unexplainedPayments, wrongQuestions, wrongStandings } from './harness/books.ts';
import { advance, FATES, isOver, type Story, writeStories } from './harness/fates.ts';
import { type HeldWebhooks, holdWebhooks } from './harness/held-webhooks.ts';
import { seededRandom, type SeededRandom } from './harness/random.ts';
import { seedsToTry } from './harness/seeds.ts';
import { withDeployment } from './harness/with-deployment.ts';

jest.setTimeout(180_000);

/** All in Postgres: the queue too. */
const deployment = withDeployment(
  ({ start }) => Promise.all([start('ingress'), start('worker')]),
  () => ({ queue: 'postgres' }),
);

test.each(seedsToTry(1))(
  'a few hundred webhooks in any order and any number of times lead to the same books (seed %d)',
  async (seed) => {
    const { sandbox, cli, addBusiness, settle } = deployment();
    const random = seededRandom(seed);
    const business = await addBusiness();
    business.organisation.settings.webhooks.batchSize = random.between(1, 5);
    const webhooks = holdWebhooks(sandbox);
    const stories = writeStories(business, FATES);
    await play(stories, webhooks, random);
    do await settle();
    while (await webhooks.deliverRest(random));

    expect(wrongStandings(stories)).toEqual([]);
    expect(business.desk.credits()).toEqual([]);
    const own = ['list', '--business', business.slug];
    expect(unexplainedPayments(stories, await cli.list<PostingView>('postings', ...own))).toEqual([]);
    expect(await cli.list('dead-letters', ...own)).toEqual([]);
    const open = await cli.list<ReviewView>('reviews', ...own, '--state', 'open');
    // The providers' own webhooks never arrive here, which polling may notice.
    const asked = open.filter(({ kind }) => kind !== 'webhooks_silent');
    expect(wrongQuestions(stories, asked)).toEqual([]);
    const events = await cli.list<EventView>('events', ...own);
    expect(events.length).toBeGreaterThan(150);

    async function play(all: readonly Story[], held: HeldWebhooks, chance: SeededRandom): Promise<void> {
      while (!all.every(isOver)) {
        const moved = chance.shuffled(all).slice(0, 5).filter(advance);
        if (moved.length > 0 || chance.between(0, 3) > 0) await held.deliverSome(chance);
        // What the rest waits for is in webhooks not delivered yet, or in what is being done about them.
        else if (!(await held.deliverRest(chance))) await settle();
      }
    }
  },
);
