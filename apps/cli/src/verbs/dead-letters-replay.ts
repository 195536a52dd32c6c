import { replayDeadLetters } from '@mlc/platform/answers/dead-letters';
import { systemClock } from '@mlc/platform/clock/system';
import { printDocument } from '../print.ts';
import { RefusedError, UsageError, type Verb } from '../shell.ts';
import { businessFilter, withStores } from '../stores.ts';

/** `mlc dead-letters replay ID | --all`: the same events again with the same keys. */
export const deadLettersReplay: Verb<{ all?: boolean }> = (call) => {
  const [id] = call.args;
  const isAll = call.options.all === true;
  if (isAll === (id !== undefined)) throw new UsageError('name one dead letter by its id, or say --all');
  return withStores(call, async ({ database }) => {
    const filter = await businessFilter(call, database);
    const ids = id === undefined ? ('all' as const) : [id];
    const replayed = await replayDeadLetters(database, systemClock, { ids, actor: 'cli', ...filter });
    if (id !== undefined && replayed === 0)
      throw new RefusedError(`there is no dead letter ${id} to replay; mlc dead-letters list shows them`);
    await printDocument(call, { replayed }, [`${replayed} to run again`]);
    return 0;
  });
};
