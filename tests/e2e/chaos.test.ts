import { describe, expect, jest, test } from '@jest/globals';
import type { PostingView, ReviewView } from '@mlc/platform';
import { redisAvailable } from '@mlc/testkit/redis';
import { unexplainedPayments, wrongQuestions, wrongStandings } from './harness/books.ts';
import type { TestBusiness } from './harness/test-business.ts';
import {
  countRequests,
  cutPostgres,
  disturb,
  type Disturbance,
  emptyRedis,
  kill,
  restartRedis,
} from './harness/disturbances.ts';
import { advance, FATES, isOver, type Story, writeStories } from './harness/fates.ts';
import { standingOf } from './harness/invoices.ts';
import { lastWordsOfAll } from './harness/mlc-process.ts';
import { placeFaults, struckBy } from './harness/provider-faults.ts';
import { seededRandom } from './harness/random.ts';
import { seedsToTry } from './harness/seeds.ts';
import { supervise, type Supervised } from './harness/supervised.ts';
import { until } from './harness/until.ts';
import { withDeployment } from './harness/with-deployment.ts';

jest.setTimeout(400_000);

const BUSINESSES = 2;

/**
 * Longer than any request of this run is under way: what is carried out even later than it is given up cannot be told
 * from what never was.
 */
const settings = () => ({ settings: { MLC_SETTLE_DELAY_MS: '2000' } });

const describeOnRedis = redisAvailable() ? describe : describe.skip;

// A deployment for each: chargebacks of an earlier run would hold back the payouts this one waits for.
describeOnRedis.each(seedsToTry(20_261_122))('a run during which everything goes wrong (seed %d)', (seed) => {
  let businesses: TestBusiness[];
  let workers: [Supervised, Supervised];
  let ingress: Supervised;

  const deployment = withDeployment(async (prepared) => {
    ingress = await supervise(prepared, 'ingress');
    businesses = await Promise.all(Array.from({ length: BUSINESSES }, () => prepared.addBusiness()));
    workers = await Promise.all([supervise(prepared, 'worker'), supervise(prepared, 'worker')]);
    await prepared.polled();
  }, settings);

  test('ends with the books it should: nothing lost, nothing doubled, nothing dead', async () => {
    const { sandbox, cli, settle } = deployment();
    const random = seededRandom(seed);
    const progress = countRequests(sandbox);
    placeFaults(sandbox, random);
    sandbox.gocardless.deliveries.set({ shuffle: true, duplicate: 20 });
    sandbox.freshbooks.deliveries.set({ shuffle: true, duplicate: 20 });

    const stories = businesses.flatMap((business) => writeStories(business, [...FATES, ...FATES]));
    const over = { is: false };
    const disturbing = disturb(allDisturbances(), { random, progress, gapMax: 60, isOver: () => over.is });
    try {
      await play(stories);
    } finally {
      over.is = true;
      await disturbing;
    }
    expect([...workers, ingress].flatMap(({ ownDeaths }) => ownDeaths)).toEqual([]);
    const status = await settle(120_000);

    expect(wrongStandings(stories)).toEqual([]);
    expect(businesses.flatMap(({ desk }) => desk.credits())).toEqual([]);
    expect(unexplainedPayments(stories, await cli.list<PostingView>('postings', 'list'))).toEqual([]);
    const open = await cli.list<ReviewView>('reviews', 'list', '--state', 'open');
    expect(wrongQuestions(stories, open)).toEqual([]);
    expect(await cli.list('dead-letters', 'list')).toEqual([]);
    expect(status).toMatchObject({ parked: 0, deadLetters: 0, events: { pending: 0 } });
    expect(await cli.document('audit', 'verify')).toMatchObject({ ok: true });
    // The run was as rough as it was meant to be.
    expect(struckBy(sandbox)).toBeGreaterThan(30);
    expect(status.events.stored).toBeGreaterThan(300);
  });

  function allDisturbances(): Disturbance[] {
    const [first, second] = workers;
    return [
      ...Array.from({ length: 3 }, () => kill('the first worker', first)),
      ...Array.from({ length: 3 }, () => kill('the second worker', second)),
      kill('the ingress', ingress),
      emptyRedis(deployment()),
      emptyRedis(deployment()),
      restartRedis(deployment(), first),
      cutPostgres(deployment()),
      cutPostgres(deployment()),
    ];
  }
});

/** Lets everything happen that can, as soon as it can. */
async function play(stories: readonly Story[]): Promise<void> {
  const isPlayed = (): boolean => {
    for (const story of stories) advance(story);
    return stories.every(isOver);
  };
  await until('every story is over', isPlayed, 200_000).catch((error: unknown) => {
    const open = stories.filter((story) => !isOver(story)).map(whereItStands);
    throw new Error(`stories that do not end: ${JSON.stringify(open)}\n${lastWordsOfAll()}`, {
      cause: error,
    });
  });
}

function whereItStands({ invoice, fate, done }: Story): object {
  return {
    business: invoice.business.slug,
    invoice: invoice.id,
    fate: fate.name,
    done,
    ...standingOf(invoice),
  };
}
