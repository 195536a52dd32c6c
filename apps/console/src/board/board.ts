import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { FlowQueues } from '@mlc/platform/queue/queues';
import type { Router } from 'express';

type ServerAdapter = Parameters<typeof createBullBoard>[0]['serverAdapter'];

/** Bull Board over the flows' queues, mounted at `basePath`. Jobs carry ids only, so it shows nothing confidential. */
export function queueBoard(queues: Pick<FlowQueues, 'boards'>, basePath: string): Router {
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(basePath);
  createBullBoard({
    queues: queues.boards.map((queue) => new BullMQAdapter(queue)),
    // Their interface says "missing", their class "undefined"; exactOptionalPropertyTypes tells them apart.
    serverAdapter: serverAdapter as unknown as ServerAdapter,
    options: { uiConfig: { boardTitle: 'ml-connector queues' } },
  });
  return serverAdapter.getRouter() as Router;
}
