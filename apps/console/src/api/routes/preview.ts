import { setTimeout as pause } from 'node:timers/promises';
import { ConnectorError } from '@mlc/core';
import { previewBusiness, previewDocument } from '@mlc/worker';
import { Problem } from '../../http/problem.ts';
import { preview } from '../preview-schemas.ts';
import { route } from '../route.ts';
import { ofBusiness } from '../schemas.ts';
import { z } from '../zod.ts';
import { mutable } from './reviews.ts';

/** A person waits: longer than that they may come again. */
const WAIT_MS_MAX = 15_000;

async function patience(ms: number): Promise<void> {
  if (ms > WAIT_MS_MAX)
    throw new Problem('unavailable', 'A provider allows no more calls for now.', { retryAfterMs: ms });
  await pause(ms);
}

export const previewRoutes = [
  route({
    id: 'preview',
    method: 'post',
    path: '/preview',
    summary: 'What a run over all open invoices would do now, and what waits for go-live; changes nothing',
    role: 'finance',
    within: 'business',
    query: z.strictObject(ofBusiness),
    status: 200,
    answer: preview,
    run: async ({ parts, business }) => {
      const found = await previewBusiness(parts, business.id, { pause: patience }).catch((error: unknown) => {
        if (!(error instanceof ConnectorError)) throw error;
        throw new Problem(
          'unavailable',
          `${error.provider} cannot be read now: the preview ended there and changed nothing.`,
        );
      });
      const { left } = found.preview;
      return { body: mutable({ ...previewDocument(found.preview, found.writes), left }) };
    },
  }),
];
