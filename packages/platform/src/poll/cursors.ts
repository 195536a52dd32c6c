import type { Executor } from '../postgres/database.ts';

/** Up to where this list of the connection is stored, by the provider's clock; null before the first run. */
export async function readCursor(
  executor: Executor,
  connectionId: string,
  source: string,
): Promise<Date | null> {
  const where = { connectionId_source: { connectionId, source } };
  const row = await executor.pollCursor.findUnique({ where, select: { readUpTo: true } });
  return row?.readUpTo ?? null;
}

/** Call it only after everything of the window is stored. It never goes back. */
export async function moveCursor(
  executor: Executor,
  connectionId: string,
  source: string,
  readUpTo: Date,
): Promise<void> {
  await executor.$executeRaw`
    INSERT INTO poll_cursors (connection_id, source, read_up_to) VALUES (${connectionId}, ${source}, ${readUpTo})
    ON CONFLICT (connection_id, source)
    DO UPDATE SET read_up_to = GREATEST(poll_cursors.read_up_to, EXCLUDED.read_up_to), updated_at = now()`;
}
