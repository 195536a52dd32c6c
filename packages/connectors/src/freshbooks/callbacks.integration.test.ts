import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHttpClient } from '@mlc/platform/http/axios-client';
import { startScriptedServer, type ScriptedServer } from '@mlc/testkit/fakes/scripted-server';
import { freshbooksCallbacks, type Callbacks } from './callbacks.ts';
import type { FreshBooksOptions } from './client.ts';
import { freshbooksAccount, freshbooksPing, whoAmI } from './identity.ts';

const http = createHttpClient({ version: 'test', retryBaseMs: 1 });
let server: ScriptedServer;
let options: FreshBooksOptions;
let callbacks: Callbacks;

beforeAll(async () => {
  server = await startScriptedServer();
  let nowMs = Date.UTC(2026, 10, 22);
  options = {
    http,
    limiter: { take: () => Promise.resolve(0), pause: () => Promise.resolve() },
    tokens: { current: () => Promise.resolve('t'), replacing: () => Promise.resolve('t2') },
    apiUrl: server.url,
    accountId: 'ABC123',
    connectionId: 'conn-1',
    clock: { now: () => new Date((nowMs += 5)) },
  };
  callbacks = freshbooksCallbacks(options);
});
afterAll(async () => {
  http.close();
  await server.close();
});

const PATH = '/events/account/ABC123/events/callbacks';
const wire = (id: number, changes: object = {}) => ({
  callbackid: id,
  event: 'invoice.create',
  uri: 'https://hooks.test/invoice.create',
  verified: false,
  updated_at: '2017-08-23T11:45:09Z',
  ...changes,
});
const result = (content: object) => ({ json: { response: { result: content } } });

describe('callbacks', () => {
  it('are created, verified, asked for again and changed by the documented bodies', async () => {
    server.script(
      result({ callback: wire(2001) }),
      result({ callback: wire(2001, { verified: true, updated_at: '2017-08-23 07:45:09' }) }),
      result({ callback: wire(2001) }),
    );
    const created = await callbacks.create('invoice.create', 'https://hooks.test/invoice.create');
    expect(created).toMatchObject({ id: '2001', event: 'invoice.create', verified: false });
    const verified = await callbacks.verify('2001', 'the-verifier');
    expect(verified.verified).toBe(true);
    expect(verified.updatedAt).toEqual(created.updatedAt);
    await callbacks.resend('2001');
    expect(server.seen.map(({ method, path, body }) => [method, path, JSON.parse(body) as unknown])).toEqual([
      ['POST', PATH, { callback: { event: 'invoice.create', uri: 'https://hooks.test/invoice.create' } }],
      ['PUT', `${PATH}/2001`, { callback: { verifier: 'the-verifier', callback_id: 2001 } }],
      ['PUT', `${PATH}/2001`, { callback: { resend: true } }],
    ]);
  });

  it('are listed to the end', async () => {
    server.script((request) => {
      const page = Number(request.query.get('page'));
      return result({ callbacks: [wire(page)], page, pages: 2, per_page: 1, total: 2 });
    });
    expect((await callbacks.list()).map(({ id }) => id)).toEqual(['1', '2']);
  });

  it('are read under either spelling of the id, and null when unknown', async () => {
    server.script(result({ callback: wire(7, { callbackid: undefined, id: 7 }) }), {
      status: 404,
      json: { errno: 404, message: 'Requested resource could not be found.' },
    });
    expect(await callbacks.get('7')).toMatchObject({ id: '7' });
    expect(await callbacks.get('8')).toBeNull();
  });

  it.each([
    ['204', { status: 204 }],
    ['an empty 200', { status: 200 }],
    ['an empty envelope', { json: { response: {} } }],
    ['gone already', { status: 404, json: { code: 5, message: 'Not found', details: [] } }],
  ])('are deleted: %s', async (_name, answer) => {
    server.script(answer);
    await expect(callbacks.delete('7')).resolves.toBeUndefined();
    expect(server.seen[0]).toMatchObject({ method: 'DELETE', path: `${PATH}/7` });
  });

  it('name the field FreshBooks refuses', async () => {
    const details = ['event: Value error, Unrecognized event.'];
    server.script({ status: 422, json: { errno: 422, message: 'Semantic errors.', details } });
    await expect(callbacks.create('invoice.explode', 'https://x.test')).rejects.toMatchObject({
      kind: 'rejected',
      field: 'event',
      reason: 'errno 422',
    });
  });

  it('never tell the verifier', async () => {
    server.script({ status: 400, json: { errno: 400, message: 'no' } });
    const failure: unknown = await callbacks.verify('7', 'the-verifier').catch((error: unknown) => error);
    expect(JSON.stringify(failure)).not.toContain('the-verifier');
  });

  it('refuse an id that is none', async () => {
    server.script({ status: 500 });
    await expect(callbacks.verify('', 'v')).rejects.toMatchObject({ field: 'callbackId' });
    await expect(callbacks.get('../1')).rejects.toMatchObject({ field: 'callbackId' });
    expect(server.seen).toHaveLength(0);
  });
});

/** freshbooks.md 1.8, shortened. */
const me = {
  id: 12345,
  identity_id: 12345,
  business_memberships: [
    {
      id: 140130,
      role: 'owner',
      business: { id: 439000, business_uuid: 'u-1', name: 'Acme', account_id: 'ABC123' },
    },
    { id: 140131, role: 'owner', business: { id: 439001, name: 'No books', account_id: null } },
  ],
  roles: [{ id: 61270, role: 'client', systemid: 654654, userid: 1, accountid: 'XYZ321' }],
};

describe('whoAmI', () => {
  it('takes the business id of the business, not of the membership', async () => {
    server.script({ json: { response: me } });
    expect(await whoAmI(options)).toEqual({
      identityId: '12345',
      memberships: [
        {
          accountId: 'ABC123',
          businessId: '439000',
          businessUuid: 'u-1',
          businessName: 'Acme',
          role: 'owner',
        },
        {
          accountId: null,
          businessId: '439001',
          businessUuid: null,
          businessName: 'No books',
          role: 'owner',
        },
      ],
      roles: [{ accountId: 'XYZ321', role: 'client' }],
    });
    expect(server.seen[0]?.path).toBe('/auth/api/v1/users/me');
  });
});

describe('freshbooksPing', () => {
  it('is ok when the login may work in the account', async () => {
    server.script({ json: { response: me } });
    expect(await freshbooksPing(options)).toEqual({
      ok: true,
      latencyMs: expect.any(Number) as unknown as number,
      detail: 'account ABC123, login 12345, owner of Acme',
    });
  });

  it.each([
    ['XYZ321', 'only a client in account XYZ321'],
    ['OTHER1', 'no access to account OTHER1'],
  ])('says what is in the way in %s', async (accountId, detail) => {
    server.script({ json: { response: me } });
    const ping = await freshbooksPing({ ...options, accountId });
    expect(ping.ok).toBe(false);
    expect(ping.detail).toContain(detail);
  });

  it.each([
    ['is not covered by the scopes', { status: 403, json: { message: 'Requires user:profile:read' } }],
    ['names no account', { json: { response: { id: 12345, business_memberships: [], roles: null } } }],
    ['has another shape', { json: { response: { business_memberships: 'many' } } }],
  ])('asks the account itself when users/me %s', async (_, answer) => {
    server.script(answer, { json: { response: { result: { clients: [] } } } });
    expect(await freshbooksPing(options)).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/^account ABC123 answers; .* could not be compared \(/) as unknown,
    });
    expect(server.seen.map(({ path }) => path)).toEqual([
      '/auth/api/v1/users/me',
      '/accounting/account/ABC123/users/clients',
    ]);
    server.script(answer);
    expect((await freshbooksAccount(options)).verdict).toBe('unknown');
  });

  it('names the accounts that the login has instead', async () => {
    server.script({ json: { response: me } });
    expect(await freshbooksAccount({ ...options, accountId: 'OTHER1' })).toEqual({
      verdict: 'other',
      said: 'the login 12345 has no access to account OTHER1, but to ABC123',
    });
  });

  it('is not ok when the tokens do not work', async () => {
    server.script({ status: 401, json: { error: 'unauthenticated', error_description: 'Log in.' } });
    const ping = await freshbooksPing(options);
    expect(ping.ok).toBe(false);
    expect(ping.latencyMs).toBeGreaterThan(0);
    expect(ping.detail).toContain('unauthorised');
  });
});
