import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Delivery, HttpRequest, HttpResponse } from '@mlc/core';
import { chainBuilder } from './certificate-chain.ts';
import { readSignedHeaders } from './webhook-headers.ts';
import { paypalEvents, paypalWebhook } from './webhook.ts';
import { signedText, signedWebhookId } from './webhook-signature.ts';

/**
 * Deliveries PayPal really signed (paypal.md 8), kept beside the project and not in it. They were made with PayPal's
 * simulator, so their webhook id is the literal that we never accept: the whole reader has to refuse them, each part of
 * it has to agree with them.
 */
const FOLDER = new URL('../../../../../shared/vectors/paypal/', import.meta.url);
const ISSUER_URL = 'http://cacerts.digicert.com/DigiCertSHA2ExtendedValidationServerCA.crt';
const ISSUER_FILE = 'intermediate-digicert-sha2-ev-server-ca.pem';
const PRESENT = existsSync(new URL('vectors.json', FOLDER));

interface Vector {
  readonly id: string;
  readonly cert_file: string;
  readonly webhook_id: string;
  readonly transmission_time: string;
  readonly signed_string: string;
  readonly event_type: string;
  readonly event_id: string;
  readonly body_base64: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Every byte of 20 deliveries would take long on a small machine; neighbours are covered by generated deliveries. */
const STRIDE = 7;

const text = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');
const vectors: readonly Vector[] = PRESENT
  ? (JSON.parse(text('vectors.json')) as { vectors: Vector[] }).vectors
  : [];

const deliveryOf = ({ body_base64, headers }: Vector): Delivery => ({
  rawBody: Buffer.from(body_base64, 'base64'),
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  pathEvent: '',
  environment: 'live',
});

function partsOf(vector: Vector) {
  const { rawBody, headers } = deliveryOf(vector);
  const read = readSignedHeaders(headers);
  if (typeof read === 'string') throw new Error(read);
  const { publicKey } = new X509Certificate(text(vector.cert_file));
  return { rawBody, read, publicKey };
}

if (!PRESENT) {
  test('PayPal’s signed deliveries are not beside this checkout: only generated ones are tested', () => {
    expect(vectors).toEqual([]);
  });
} else {
  describe('PayPal’s own deliveries', () => {
    test.each(vectors.map((vector) => [vector.id, vector] as const))(
      '%s is signed as we read it',
      (_id, vector) => {
        const { rawBody, read, publicKey } = partsOf(vector);
        expect(signedText(read, vector.webhook_id, rawBody).toString()).toBe(vector.signed_string);
        expect(signedWebhookId(read, rawBody, publicKey, ['OTHER', vector.webhook_id])).toBe(
          vector.webhook_id,
        );
        expect(signedWebhookId(read, rawBody, publicKey, ['OTHER'])).toBeNull();
      },
    );

    test.each(vectors.map((vector) => [vector.id, vector] as const))(
      '%s: each changed byte is refused',
      (_id, vector) => {
        const { rawBody, read, publicKey } = partsOf(vector);
        for (let at = 0; at < rawBody.length; at += STRIDE) {
          const changed = Buffer.from(rawBody);
          changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
          expect(signedWebhookId(read, changed, publicKey, [vector.webhook_id])).toBeNull();
        }
      },
    );

    test('are split into one event of their id and type', () => {
      for (const vector of vectors) {
        const split = paypalEvents.split(deliveryOf(vector));
        expect(split).toMatchObject({
          events: [{ externalEventId: vector.event_id, type: vector.event_type }],
        });
        const [event] = split.kind === 'events' ? split.events : [];
        if (event !== undefined) expect(paypalEvents.translate(event).kind).not.toBe('unreadable');
      }
    });

    test('are made with a certificate that leads to a root of Node', async () => {
      const http = {
        send: ({ url }: HttpRequest): Promise<HttpResponse> => {
          expect(url).toBe(ISSUER_URL);
          return Promise.resolve({ status: 200, headers: {}, body: text(ISSUER_FILE) });
        },
      };
      const leaf = new X509Certificate(text(vectors[0]?.cert_file ?? ''));
      const at = (moment: string) => chainBuilder({ http, caPem: null }).build(leaf, Date.parse(moment));
      expect(await at('2024-08-02T19:33:35Z')).toEqual({
        kind: 'trusted',
        untilMs: Date.parse('2028-10-22T12:00:00Z'),
      });
      expect(await at('2029-01-01T00:00:00Z')).toMatchObject({ kind: 'unbuildable' });
    });

    test('with the placeholder id are refused by the whole reader', async () => {
      const asked: string[] = [];
      const http = {
        send: ({ url }: HttpRequest): Promise<HttpResponse> => {
          asked.push(url);
          const file = url === ISSUER_URL ? ISSUER_FILE : vectors[0]?.cert_file;
          return Promise.resolve({ status: 200, headers: {}, body: text(file ?? '') });
        },
      };
      for (const vector of vectors) {
        const now = new Date(Date.parse(vector.transmission_time) + 5_000);
        const reader = paypalWebhook({
          http,
          clock: { now: () => now },
          certUrlPrefix: null,
          certName: null,
          certCaPem: null,
        });
        const genuine = deliveryOf(vector);
        expect(await reader.verify(genuine, [vector.webhook_id])).toMatchObject({
          why: expect.stringContaining('no webhook id') as unknown,
        });
        expect(asked).toEqual([]);
        // With any other id everything but the signature is in order.
        expect(await reader.verify(genuine, ['8PT597110X687430L'])).toMatchObject({
          why: expect.stringContaining('fits none of the webhook ids') as unknown,
        });
        expect(asked).toEqual([genuine.headers['paypal-cert-url'], ISSUER_URL]);
        asked.length = 0;
      }
    });
  });
}
