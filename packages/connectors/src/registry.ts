import type { WebhookReader } from '@mlc/core';
import { freshbooksWebhook } from './freshbooks/webhook.ts';
import { gocardlessWebhook } from './gocardless/webhook.ts';

/** Who reads the webhooks of which provider: a new provider is its folder and a line here. */
export const webhookReaders: ReadonlyMap<string, WebhookReader> = new Map(
  [freshbooksWebhook, gocardlessWebhook].map((reader) => [reader.provider, reader]),
);
