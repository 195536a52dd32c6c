import type pg from 'pg';
import { type Answer, type Asked, Flight } from './flight.ts';
import { asParameter } from './postgres.ts';

/**
 * Statements that go out together when they are asked for in one turn of the event loop, or while others are under way: one
 * round trip for all that does not wait for answers of each other. Postgres takes them in the order they were asked in.
 */
export interface Conversation {
  /** Rejects as Postgres does, and as a statement did that went out before it in the same packet. */
  readonly ask: (text: string, values?: readonly unknown[]) => Promise<Answer>;
}

/** On one connection, which is the caller's to end. */
export function conversationOn(client: pg.ClientBase): Conversation {
  let waiting: Asked[] = [];
  let isUnderWay = false;
  const send = (): void => {
    const asked = waiting;
    waiting = [];
    const flight = new Flight(asked, () => {
      isUnderWay = false;
      sendSoon();
    });
    client.query(flight as unknown as pg.Submittable);
  };
  const sendSoon = (): void => {
    if (isUnderWay || waiting.length === 0) return;
    isUnderWay = true;
    process.nextTick(send);
  };
  return {
    ask: (text, values = []) =>
      new Promise((answered, failed) => {
        waiting.push({ text, values: values.map(asParameter), answered, failed });
        sendSoon();
      }),
  };
}

/** Outside of a transaction, on any connection of the pool, for one who asks: who else does is not to be failed by it. */
export function conversationWith(pool: pg.Pool): Conversation {
  let waiting: { readonly ask: (on: Conversation) => Promise<void>; readonly failed: Asked['failed'] }[] = [];
  const send = async (): Promise<void> => {
    const asked = waiting;
    waiting = [];
    try {
      await onConnection(pool, (conversation) => Promise.all(asked.map(({ ask }) => ask(conversation))));
    } catch (error) {
      for (const { failed } of asked) failed(error as Error);
    }
  };
  return {
    ask: (text, values) =>
      new Promise((answered, failed) => {
        if (waiting.length === 0) process.nextTick(() => void send());
        waiting.push({ ask: async (on) => answered(await on.ask(text, values)), failed });
      }),
  };
}

/** What was on a connection when something failed is not used again, as the pool does it. */
async function onConnection(
  pool: pg.Pool,
  work: (conversation: Conversation) => Promise<unknown>,
): Promise<void> {
  const client = await pool.connect();
  try {
    await work(conversationOn(client));
    client.release();
  } catch (error) {
    client.release(error as Error);
    throw error;
  }
}
