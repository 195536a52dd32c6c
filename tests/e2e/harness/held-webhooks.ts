import type { Sandbox } from '@mlc/sandbox';
import type { SeededRandom } from './random.ts';

/** Webhooks that are delivered when, and as often as, a test says. */
export interface HeldWebhooks {
  /** Delivers some of all there are, in any order, some of them twice. */
  readonly deliverSome: (random: SeededRandom) => Promise<void>;
  /** Delivers all that never were, and some that were, in any order; false, and nothing done, when nothing is new. */
  readonly deliverRest: (random: SeededRandom) => Promise<boolean>;
}

/** One webhook, complete with its signature. */
export type Delivery = Sandbox['freshbooks']['deliveries']['log'][number]['delivery'];

const SOME_MAX = 12;
const TWICE_MAX = 3;
const AGAIN_MAX = 20;

/** From now on the providers send nothing themselves. Returns what shows all that they would have sent since. */
export function keepWebhooks({ freshbooks, gocardless, paypal }: Sandbox): () => Delivery[] {
  const senders = [freshbooks, gocardless, paypal].map(({ deliveries }) => deliveries);
  // Dropped ones stay in the log, complete with their signatures.
  for (const sender of senders) sender.set({ drop: 'always' });
  const logged = (): Delivery[] => senders.flatMap(({ log }) => log.map(({ delivery }) => delivery));
  const earlier = new Set(logged());
  return () => logged().filter((delivery) => !earlier.has(delivery));
}

/** From now on the providers' webhooks are in the test's own hands. */
export function holdWebhooks(sandbox: Sandbox): HeldWebhooks {
  const held = keepWebhooks(sandbox);
  const delivered = new Set<Delivery>();
  const post = async (chosen: readonly Delivery[]): Promise<void> => {
    for (const delivery of chosen) {
      await postOnce(delivery);
      delivered.add(delivery);
    }
  };
  return {
    deliverSome: async (random) => {
      const chosen = random.shuffled(held()).slice(0, random.between(1, SOME_MAX));
      await post(random.shuffled([...chosen, ...chosen.slice(0, TWICE_MAX)]));
    },
    deliverRest: async (random) => {
      const rest = held().filter((delivery) => !delivered.has(delivery));
      if (rest.length === 0) return false;
      const again = random.shuffled([...delivered]).slice(0, AGAIN_MAX);
      await post(random.shuffled([...rest, ...again]));
      return true;
    },
  };
}

/** Sends it to the ingress, which must take it. */
export async function postOnce({ url, headers, body }: Delivery): Promise<void> {
  const { status } = await fetch(url, { method: 'POST', headers, body });
  if (status !== 200) throw new Error(`the ingress answered ${status} to ${url}`);
}
