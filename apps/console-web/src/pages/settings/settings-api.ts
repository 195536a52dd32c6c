import { queryOptions } from '@tanstack/react-query';
import { api, read } from '../../api/client.ts';
import { problemIn } from '../../api/problem.ts';
import { queryClient } from '../../api/queries.ts';
import type { Invitation, Person, Token } from '../../api/types.ts';
import { toast } from '../../ui/toasts.tsx';

interface Items<Item> {
  readonly items: Item[];
}

export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: () => read<Items<Person>>(api.GET('/people')),
});

export const invitationsQuery = queryOptions({
  queryKey: ['invitations'],
  queryFn: () => read<Items<Invitation>>(api.GET('/invitations')),
});

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: () => read<Items<Token>>(api.GET('/tokens')),
});

/** Makes a change, says how it went and looks again. Null when it was refused. */
export async function change<T>(made: Promise<T>, done: string): Promise<T | null> {
  try {
    const value = await made;
    toast({ text: done });
    return value;
  } catch (error) {
    const problem = problemIn(error);
    if (problem?.code === 'sign-in-again') {
      const to = encodeURIComponent(`${location.pathname}${location.search}`);
      // Back here afterwards; what is done with people and tokens wants a sign-in of the last 15 minutes.
      location.assign(`/sign-in?again&to=${to}`);
    } else toast({ text: problem?.detail ?? 'It failed.', tone: 'bad', shownMs: 12_000 });
    return null;
  } finally {
    for (const key of ['people', 'invitations', 'tokens'])
      void queryClient.invalidateQueries({ queryKey: [key] });
  }
}
