import { describe, expect, test } from '@jest/globals';
import { adoptOffers } from '@mlc/platform/set-up/adopt-offers';
import {
  expectHandshake,
  forgetCallback,
  trustCallback,
  verifierName,
} from '@mlc/platform/connections/callbacks';
import { completeHandshakes } from '@mlc/platform/connections/complete-handshakes';
import { silentLog } from '@mlc/testkit';
import {
  FB_PATH,
  FORM,
  VERIFIER,
  aFewAtOnce,
  pythonSigned,
  withIngress,
} from '../../../tests/support/ingress-under-test.ts';

const on = withIngress();
const stores = () => ({ database: on.database, vault: on.vault });

describe('FreshBooks handshake', () => {
  const handshake = (callbackId: string, verifier: string) =>
    `name=callback.verify&object_id=${callbackId}&account_id=6BApk&user_id=1&verifier=${verifier}`;
  const shake = (callbackId: string, verifier: string, key = verifier) =>
    on.postFreshbooks(handshake(callbackId, verifier), pythonSigned(handshake(callbackId, verifier), key));
  const verifierOf = (callbackId: string) =>
    on.vault.getSecret(on.database.prisma, 'fb1', verifierName(callbackId));
  const ref = (callbackId: string) => ({ connectionId: 'fb1', callbackId, event: 'invoice.create' });
  const complete = (verify: (id: string, callbackId: string, verifier: string) => Promise<void>) =>
    completeHandshakes({ ...stores(), verify, log: silentLog });

  test('is answered, completed in the background, and only then its verifier is a key', async () => {
    await expectHandshake(stores(), ref('2001'));
    expect(await shake('2001', VERIFIER.toLowerCase())).toMatchObject({
      status: 200,
      body: { accepted: 0, duplicates: 0 },
    });
    const form = 'name=invoice.create&object_id=7';
    const signature = pythonSigned(form, VERIFIER.toLowerCase());
    expect((await on.postFreshbooks(form, signature)).status).toBe(401);
    const sent: string[][] = [];
    const verified = await complete((...call) => {
      sent.push(call);
      return Promise.resolve();
    });
    expect(sent).toEqual([['fb1', '2001', VERIFIER.toLowerCase()]]);
    expect(verified).toEqual([ref('2001')]);
    expect((await on.postFreshbooks(form, signature)).status).toBe(200);
    expect(await complete(() => Promise.reject(new Error('nothing to do')))).toEqual([]);
  });

  test('the vector of the provider notes passes, each change of it does not', async () => {
    const body = handshake('2001', VERIFIER).replace(
      '&account_id=6BApk&user_id=1',
      '&account_id=6BApk&user_id=1',
    );
    const signature = 'n0z402wuQRTOtgf+Dd1EbflqlbPN1QErJT5CthsdMdY=';
    expect((await on.postFreshbooks(body, signature)).status).toBe(200);
    const changed = Array.from({ length: body.length }, (_, at) => {
      const bytes = Buffer.from(body);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return () => on.post(FB_PATH, bytes, { 'content-type': FORM, 'x-freshbooks-hmac-sha256': signature });
    });
    expect((await aFewAtOnce(changed)).filter((answer) => answer.status !== 401)).toEqual([]);
    expect(await on.rows()).toEqual([]);
  });

  test('one that came before its callback was recorded counts once it is', async () => {
    expect((await shake('2002', 'early')).status).toBe(200);
    expect(await complete(() => Promise.resolve())).toEqual([]);
    expect(await expectHandshake(stores(), ref('2002'))).toBe('pending');
    expect(await complete(() => Promise.resolve())).toEqual([ref('2002')]);
  });

  test('of a callback made by hand at FreshBooks counts when FreshBooks lists it at our address', async () => {
    const publicUrl = 'https://hooks.acme.test';
    const uri = `${publicUrl}${FB_PATH}`;
    const listed = [
      { id: '2010', uri, verified: false },
      { id: '2011', uri, verified: true },
      { id: '2012', uri: 'https://other.test/hook', verified: false },
    ];
    const listCallbacks = () => Promise.resolve(listed);
    for (const id of ['2010', '2011', '2012', '2013']) await shake(id, `by-hand-${id}`);
    await adoptOffers({ ...stores(), listCallbacks, publicUrl, log: silentLog });
    expect(await complete(() => Promise.resolve())).toEqual([ref('2010')]);
    expect(await on.database.prisma.callback.count({ where: { state: 'offered' } })).toBe(3);
    await on.database.prisma.callback.deleteMany({ where: { state: 'offered' } });
  });

  test('never replaces the verifier of a verified callback', async () => {
    expect((await shake('1', 'forged')).status).toBe(200);
    expect(await verifierOf('1')).toBe(VERIFIER);
    expect(await expectHandshake(stores(), ref('1'))).toBe('verified');
  });

  test('a verifier that FreshBooks rejects makes room for a resent one', async () => {
    const { ConnectorError } = await import('@mlc/core');
    await expectHandshake(stores(), ref('2003'));
    await shake('2003', 'forged');
    const reject = () =>
      Promise.reject(
        new ConnectorError({ kind: 'rejected', provider: 'freshbooks', operation: 'verify', message: 'no' }),
      );
    expect(await complete(reject)).toEqual([]);
    expect(await verifierOf('2003')).toBeNull();
    await shake('2003', 'resent');
    expect(await complete(() => Promise.resolve())).toEqual([ref('2003')]);
  });

  test('is refused when its own verifier did not sign it', async () => {
    expect((await shake('2004', 'one', 'other')).status).toBe(401);
    expect(await verifierOf('2004')).toBeNull();
  });

  test('strangers cannot fill the vault', async () => {
    for (let id = 3000; id < 3030; id += 1) await shake(String(id), 'stranger');
    expect(await on.database.prisma.callback.count({ where: { state: 'offered' } })).toBeLessThanOrEqual(20);
    await on.database.prisma.callback.deleteMany({ where: { state: 'offered' } });
  });

  test('a callback that is gone at FreshBooks is forgotten with its verifier', async () => {
    await trustCallback(stores(), ref('4000'), 'gone');
    await forgetCallback(stores(), ref('4000'));
    expect(await verifierOf('4000')).toBeNull();
  });
});
