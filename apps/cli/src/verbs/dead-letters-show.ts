import { showDeadLetter } from '@mlc/platform/answers/dead-letters';
import { deadLetterView } from '../dead-letter-view.ts';
import { printDocument } from '../print.ts';
import { RefusedError, type Verb } from '../shell.ts';
import { businessFilter, withStores } from '../stores.ts';

/** `mlc dead-letters show ID`: with the (redacted) call that failed and the event it failed for. */
export const deadLettersShow: Verb = (call) =>
  withStores(call, async ({ database }) => {
    const id = call.args[0] ?? '';
    const letter = await showDeadLetter(database, id, await businessFilter(call, database));
    if (letter === null)
      throw new RefusedError(`there is no dead letter ${id}; mlc dead-letters list shows them`);
    const { details, event, replayedAt } = letter;
    const document = { ...deadLetterView(letter), replayedAt, details, event };
    await printDocument(call, document, JSON.stringify(document, null, 2).split('\n'));
    return 0;
  });
