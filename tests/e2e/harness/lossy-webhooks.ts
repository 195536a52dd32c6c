import type { Sandbox } from '@mlc/sandbox';
import { type Delivery, keepWebhooks, postOnce } from './held-webhooks.ts';
import type { SeededRandom } from './random.ts';

/** Webhooks on a bad line: some never arrive, some arrive twice, none in order. */
export interface LossyWebhooks {
  /** Delivers part of what is under way, in any order. */
  readonly deliverSome: () => Promise<void>;
  /** Delivers all of it; false, and nothing done, when nothing is under way. */
  readonly deliverRest: () => Promise<boolean>;
  /** What never arrived. */
  readonly lost: () => readonly Delivery[];
  /** All that was sent, without the copies. */
  readonly sent: () => number;
}

const LOST_PERCENT = 10;
const DOUBLED_PERCENT = 20;
const SOME_MAX = 12;

/** From now on the providers' webhooks go over such a line. */
export function loseWebhooks(sandbox: Sandbox, random: SeededRandom): LossyWebhooks {
  const kept = keepWebhooks(sandbox);
  const known = new Set<Delivery>();
  const lost: Delivery[] = [];
  let underWay: Delivery[] = [];
  const takeNew = (): void => {
    for (const delivery of kept().filter((each) => !known.has(each))) {
      known.add(delivery);
      const chance = random.between(1, 100);
      if (chance <= LOST_PERCENT) lost.push(delivery);
      else underWay.push(...(chance <= LOST_PERCENT + DOUBLED_PERCENT ? [delivery, delivery] : [delivery]));
    }
  };
  const deliver = async (count: number): Promise<void> => {
    const [now, later] = split(random.shuffled(underWay), count);
    underWay = later;
    for (const delivery of now) await postOnce(delivery);
  };
  return {
    deliverSome: async () => {
      takeNew();
      await deliver(random.between(1, SOME_MAX));
    },
    deliverRest: async () => {
      takeNew();
      if (underWay.length === 0) return false;
      await deliver(underWay.length);
      return true;
    },
    lost: () => lost,
    sent: () => known.size,
  };
}

function split<T>(things: readonly T[], count: number): [T[], T[]] {
  return [things.slice(0, count), things.slice(count)];
}
