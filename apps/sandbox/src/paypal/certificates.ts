import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  AuthorityInfoAccessExtension,
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { X509Certificate } from '@peculiar/x509';
import type { CertificateKind } from './settings.ts';

type KeyPair = webcrypto.CryptoKeyPair;

/** The key and certificate a delivery is signed under. */
export interface Leaf {
  /** PEM with CRLF line ends, as PayPal serves it. */
  readonly pem: string;
  readonly privateKey: webcrypto.CryptoKey;
}

/** Names PayPal's certificates carry (paypal.md 3.3). */
export const SANDBOX_CERTIFICATE_NAME = 'messageverificationcerts.sandbox.paypal.com';
export const LIVE_CERTIFICATE_NAME = 'messageverificationcerts.paypal.com';

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};
/** Wide enough for every clock a sandbox is run on, virtual ones included. */
const VALID = { notBefore: new Date('2015-01-01T00:00:00Z'), notAfter: new Date('2049-12-31T23:59:59Z') };
const VALIDITY: Partial<Record<CertificateKind, typeof VALID>> = {
  expired: { notBefore: VALID.notBefore, notAfter: new Date('2016-01-01T00:00:00Z') },
  'not-yet-valid': { notBefore: new Date('2049-01-01T00:00:00Z'), notAfter: VALID.notAfter },
};

const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' };

let sharedLeafKeys: Promise<KeyPair> | undefined;

/** RSA keys take long to make: the sandboxes of one process share the first pair; each has its own authority. */
function firstLeafKeys(): Promise<KeyPair> {
  sharedLeafKeys ??= newLeafKeys();
  return sharedLeafKeys;
}

function newLeafKeys(): Promise<KeyPair> {
  return webcrypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
}

function newIssuerKeys(): Promise<KeyPair> {
  return webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
}

interface Issuer {
  readonly name: string;
  readonly keys: KeyPair;
  readonly certificate: X509Certificate;
}

/** A root, an intermediate under it, and the leaves that sign deliveries. Issuers' keys are EC: they are made in no time. */
export class Authority {
  /** PEM bundle of the intermediate and the root: what `PAYPAL_CERT_CA_FILE` should hold. */
  readonly bundle: string;
  readonly #root: Issuer;
  readonly #intermediate: Issuer;

  private constructor(root: Issuer, intermediate: Issuer) {
    this.#root = root;
    this.#intermediate = intermediate;
    this.bundle = `${intermediate.certificate.toString('pem')}\n${root.certificate.toString('pem')}\n`;
  }

  static async open(): Promise<Authority> {
    const root = await issuer('CN=MLC Sandbox Root CA, O=MLC Sandbox');
    return new Authority(root, await issuer('CN=MLC Sandbox EV Server CA, O=MLC Sandbox', root));
  }

  /** A leaf of a kind; `fresh` gives it keys of its own. */
  async leaf(kind: CertificateKind | 'live', { fresh = false } = {}): Promise<Leaf> {
    const keys = await (fresh ? newLeafKeys() : firstLeafKeys());
    const name = nameOf(kind);
    const subject = `CN=${name}, O="PayPal, Inc.", C=US`;
    const by = kind === 'other-issuer' ? (await Authority.open()).#intermediate : this.#intermediate;
    const isSelfSigned = kind === 'self-signed';
    const certificate = await X509CertificateGenerator.create({
      serialNumber: newSerial(),
      subject,
      issuer: isSelfSigned ? subject : by.name,
      ...(VALIDITY[kind as CertificateKind] ?? VALID),
      publicKey: keys.publicKey,
      signingKey: isSelfSigned ? keys.privateKey : by.keys.privateKey,
      signingAlgorithm: isSelfSigned ? RSA : SIGNING_ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
        // A host that is no certificate authority's: who follows this address blindly is found out.
        new AuthorityInfoAccessExtension({ caIssuers: ['http://issuer.sandbox.invalid/intermediate.crt'] }),
      ],
    });
    return { pem: asServed(certificate), privateKey: keys.privateKey };
  }

  /** For tests of chains. */
  get rootPem(): string {
    return this.#root.certificate.toString('pem');
  }
}

function nameOf(kind: CertificateKind | 'live'): string {
  if (kind === 'live') return LIVE_CERTIFICATE_NAME;
  return kind === 'wrong-name'
    ? 'messageverificationcerts.sandbox.paypal.com.example.net'
    : SANDBOX_CERTIFICATE_NAME;
}

async function issuer(name: string, above?: Issuer): Promise<Issuer> {
  const keys = await newIssuerKeys();
  const certificate = await X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: name,
    issuer: above?.name ?? name,
    ...VALID,
    publicKey: keys.publicKey,
    signingKey: (above?.keys ?? keys).privateKey,
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, above === undefined ? undefined : 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { name, keys, certificate };
}

/** Positive and never with a leading zero byte. */
function newSerial(): string {
  return `4${Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)))
    .toString('hex')
    .slice(1)}`;
}

function asServed(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`.replaceAll('\n', '\r\n');
}
