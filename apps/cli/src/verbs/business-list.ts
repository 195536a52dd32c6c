import { businessViews } from '@mlc/platform/views/businesses';
import { printList } from '../print.ts';
import type { Verb } from '../shell.ts';
import { businessFilter, withStores } from '../stores.ts';

/** `mlc business list`: the businesses with their connections. */
export const businessList: Verb = (call) =>
  withStores(call, async ({ database }) => {
    const views = await businessViews(database.prisma, await businessFilter(call, database));
    await printList(call, views, [
      { title: 'business', of: ({ business }) => business },
      { title: 'name', of: ({ displayName }) => displayName },
      { title: 'mode', of: ({ mode }) => mode },
      { title: 'connections', of: ({ connections }) => connectionsText(connections) },
    ]);
    return 0;
  });

type Connections = Awaited<ReturnType<typeof businessViews>>[number]['connections'];

function connectionsText(connections: Connections): string {
  const words = Object.entries(connections).map(([provider, { account, state }]) => {
    const named = account === null ? provider : `${provider} ${account}`;
    return state === 'active' ? named : `${named} (${state})`;
  });
  return words.join(', ');
}
