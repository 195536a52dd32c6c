import { useState } from 'react';
import { api, read } from '../../api/client.ts';
import { problemIn } from '../../api/problem.ts';
import { queryClient } from '../../api/queries.ts';
import { counted } from '../../en.ts';
import { toast } from '../../ui/toasts.tsx';

/** Runs events of dead letters again. Taken is not done: the words say so. */
export function useReplay(business: string) {
  const [isBusy, setBusy] = useState(false);
  const replay = async (ids: string[]): Promise<void> => {
    setBusy(true);
    try {
      const body = { ids };
      const { replayed } = await read<{ replayed: number }>(
        api.POST('/dead-letters/replay', { params: { query: { business } }, body }),
      );
      toast({
        text:
          replayed === 0
            ? 'It runs again already: somebody else replayed it.'
            : `${counted(replayed, 'event is', 'events are')} queued to run again.`,
      });
    } catch (error) {
      toast({ text: problemIn(error)?.detail ?? 'The replay failed.', tone: 'bad', shownMs: 12_000 });
    } finally {
      setBusy(false);
      void queryClient.invalidateQueries({ queryKey: ['dead-letters'] });
      void queryClient.invalidateQueries({ queryKey: ['status'] });
    }
  };
  return { replay, isBusy };
}
