import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Authority, LIVE_CERTIFICATE_NAME, SANDBOX_CERTIFICATE_NAME } from './certificates.ts';

let authority: Authority;
let intermediate: X509Certificate;
let root: X509Certificate;

beforeAll(async () => {
  authority = await Authority.open();
  const [first = '', second = ''] = authority.bundle.split(/(?<=-----END CERTIFICATE-----\n)/);
  [intermediate, root] = [new X509Certificate(first), new X509Certificate(second)];
});

const parsed = async (kind: Parameters<Authority['leaf']>[0]): Promise<X509Certificate> =>
  new X509Certificate((await authority.leaf(kind)).pem);

const isIssuedBy = (leaf: X509Certificate, issuer: X509Certificate): boolean =>
  leaf.checkIssued(issuer) && leaf.verify(issuer.publicKey);

describe('the chain of certificates', () => {
  it('goes from leaf over the intermediate to the root', async () => {
    const leaf = await parsed('good');
    expect(isIssuedBy(leaf, intermediate)).toBe(true);
    expect(isIssuedBy(intermediate, root)).toBe(true);
    expect(isIssuedBy(root, root)).toBe(true);
    expect([leaf.ca, intermediate.ca, root.ca]).toEqual([false, true, true]);
    expect(root.toString()).toBe(new X509Certificate(authority.rootPem).toString());
  });

  it("looks like PayPal's leaf", async () => {
    const { pem } = await authority.leaf('good');
    const leaf = new X509Certificate(pem);
    expect(leaf.subjectAltName).toBe(`DNS:${SANDBOX_CERTIFICATE_NAME}`);
    expect(leaf.subject).toContain('O=PayPal\\, Inc.');
    expect(leaf.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(pem.split('\r\n').at(-1)).toBe('');
    expect(pem.replaceAll('\r\n', '')).not.toContain('\n');
    expect((await parsed('live')).subjectAltName).toBe(`DNS:${LIVE_CERTIFICATE_NAME}`);
  });

  it('makes the bad ones bad in the one way they are named after', async () => {
    expect(Date.parse((await parsed('expired')).validTo)).toBeLessThan(Date.parse('2020-01-01'));
    expect(Date.parse((await parsed('not-yet-valid')).validFrom)).toBeGreaterThan(Date.parse('2040-01-01'));
    expect((await parsed('wrong-name')).subjectAltName).not.toBe(`DNS:${SANDBOX_CERTIFICATE_NAME}`);
    expect(isIssuedBy(await parsed('self-signed'), intermediate)).toBe(false);
    expect((await parsed('other-issuer')).verify(intermediate.publicKey)).toBe(false);
  });

  it('has keys of its own when it is fresh', async () => {
    const [usual, fresh] = [await authority.leaf('good'), await authority.leaf('good', { fresh: true })];
    expect(new X509Certificate(fresh.pem).publicKey.equals(new X509Certificate(usual.pem).publicKey)).toBe(
      false,
    );
  });
});
