import { describe, expect, jest, test } from '@jest/globals';
import type { PostingView, ReviewView } from '@mlc/platform';
import { redisAvailable } from '@mlc/testkit/redis';
import { unexplainedPayments, wrongQuestions, wrongStandings } from './harness/books.ts';
import { advance, isOver, type Story, writeStories } from './harness/fates.ts';
import type { Delivery } from './harness/held-webhooks.ts';
import { type LossyWebhooks, loseWebhooks } from './harness/lossy-webhooks.ts';
import { MONTH_FATES } from './harness/month-fates.ts';
import { seededRandom, type SeededRandom } from './harness/random.ts';
import { seedsToTry } from './harness/seeds.ts';
import type { TestBusiness } from './harness/test-business.ts';
import { withDeployment } from './harness/with-deployment.ts';

jest.setTimeout(180_000);

/** Stories that go on between two deliveries. */
const AT_ONCE = 8;
/** A story waits for a lost webhook a few times at most. */
const POLLS_MAX = 15;

/** What a run of `mlc poll` says of one connection. */
interface PollLine {
  readonly provider: string;
  readonly seen: number;
  readonly missing: number;
  readonly recovered: number;
}

const describeOnRedis = redisAvailable() ? describe : describe.skip;

describeOnRedis('a month of all three providers over a bad line', () => {
  const deployment = withDeployment(({ start }) => Promise.all([start('ingress'), start('worker')]));

  test.each(seedsToTry(1))(
    'shuffled, a fifth doubled, a tenth lost: after polling the books are right, the rest is asked (seed %d)',
    async (seed) => {
      const { sandbox, cli, addBusiness, settle } = deployment();
      const random = seededRandom(seed);
      const business = await addBusiness();
      business.organisation.settings.webhooks.batchSize = random.between(1, 5);
      const own = ['list', '--business', business.slug];
      const webhooks = loseWebhooks(sandbox, random);
      const stories = writeStories(business, random.shuffled(MONTH_FATES));

      await play(stories, { webhooks, random, poll: () => poll(business) });
      await comeToRest(webhooks);
      await poll(business);
      await comeToRest(webhooks);
      expect(await poll(business)).toEqual([
        { provider: 'freshbooks', seen: expect.any(Number), missing: 0, recovered: 0 },
        { provider: 'gocardless', seen: expect.any(Number), missing: 0, recovered: 0 },
        { provider: 'paypal', seen: expect.any(Number), missing: 0, recovered: 0 },
      ]);
      const status = await settle();

      expect(wrongStandings(stories)).toEqual([]);
      expect(business.desk.credits()).toEqual([]);
      const postings = await cli.list<PostingView>('postings', ...own);
      expect(unexplainedPayments(stories, postings).filter(isOurs)).toEqual([]);
      const reviews = await cli.list<ReviewView>('reviews', ...own, '--state', 'open');
      // Whether the last webhooks were lost, which looks like silence, is up to the seed.
      const asked = reviews.filter(({ kind }) => kind !== 'webhooks_silent');
      expect(wrongQuestions(stories, asked)).toEqual([]);
      expect(status).toMatchObject({ parked: 0, deadLetters: 0, events: { pending: 0 } });
      expect(await cli.document('audit', 'verify', '--business', business.slug)).toMatchObject({ ok: true });

      const lost = webhooks.lost().flatMap(eventIdsOf);
      const { prisma } = deployment().database;
      const where = { externalEventId: { in: lost } };
      expect(await prisma.inboundEvent.count({ where })).toBe(lost.length);
      const { id: businessId } = await prisma.business.findUniqueOrThrow({ where: { slug: business.slug } });
      const recovered = { action: 'event.recovered', businessId };
      expect(await prisma.auditEntry.count({ where: recovered })).toBeGreaterThanOrEqual(lost.length);
      // The line was as bad as it was meant to be.
      expect(webhooks.sent()).toBeGreaterThan(150);
      expect(webhooks.lost().length).toBeGreaterThan(webhooks.sent() / 20);
    },
  );

  /** Resolves when nothing is under way and nothing can run any more. */
  async function comeToRest(webhooks: LossyWebhooks): Promise<void> {
    do await deployment().settle();
    while (await webhooks.deliverRest());
  }

  function poll({ slug }: TestBusiness): Promise<PollLine[]> {
    return deployment().cli.list<PollLine>('poll', '--business', slug);
  }

  interface Course {
    readonly webhooks: LossyWebhooks;
    readonly random: SeededRandom;
    readonly poll: () => Promise<unknown>;
  }

  /** Lets everything happen. What waits for something that was lost goes on after a poll, as in a real month. */
  async function play(stories: readonly Story[], { webhooks, random, poll: look }: Course): Promise<void> {
    let polls = 0;
    while (!stories.every(isOver)) {
      const chosen = random.shuffled(stories.filter((story) => !isOver(story))).slice(0, AT_ONCE);
      if (chosen.filter(advance).length > 0) {
        await webhooks.deliverSome();
        continue;
      }
      await comeToRest(webhooks);
      if (stories.some(advance)) continue;
      if ((polls += 1) > POLLS_MAX)
        throw new Error(`stories that do not end: ${JSON.stringify(open(stories))}`);
      await look();
    }
  }
});

function open(stories: readonly Story[]): unknown[] {
  return stories.filter((story) => !isOver(story)).map(({ fate, done }) => ({ fate: fate.name, done }));
}

/** A person's own entries have no posting of ours. */
function isOurs(payment: unknown): boolean {
  return (payment as { readonly type: string }).type !== 'Check';
}

/** Ids the provider gave the events of a delivery; FreshBooks gives none. */
function eventIdsOf({ url, body }: Delivery): string[] {
  if (url.includes('/freshbooks/')) return [];
  const delivery = JSON.parse(body) as { readonly id?: string; readonly events?: readonly { id: string }[] };
  return delivery.events?.map(({ id }) => id) ?? [delivery.id ?? ''];
}
