import type { Happening } from './events.ts';
import type { GcEvent, Subscription } from './wire.ts';
import type { World } from './world.ts';

type Why = Pick<Happening, 'origin' | 'cause' | 'metadata'> & {
  readonly links?: Readonly<Record<string, string>>;
};

/** An event about a subscription. */
export function tellSubscription(
  world: World,
  subscription: Subscription,
  action: string,
  why: Why,
): GcEvent {
  return world.events.record({
    resource: 'subscriptions',
    action,
    ...why,
    links: { subscription: subscription.id, ...why.links },
    resourceMetadata: subscription.metadata,
  });
}
