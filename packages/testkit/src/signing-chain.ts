import 'reflect-metadata';
import { createPublicKey, generateKeyPairSync, type KeyObject, sign, webcrypto } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  AuthorityInfoAccessExtension,
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate made for a test. */
export interface TestCertificate {
  readonly pem: string;
  readonly der: Buffer;
  readonly privateKey: KeyObject;
}

/** What a certificate says; everything has a default that is in order. */
export interface CertificateWish {
  readonly name?: string;
  /** DNS names; left out: `name`. */
  readonly dnsNames?: readonly string[];
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly isIssuer?: boolean;
  /** Where it says its issuer is (AIA). */
  readonly issuerUrl?: string;
  /** Left out: signs itself. */
  readonly by?: TestCertificate;
  /** Of the RSA key; 0 makes an EC key. */
  readonly bits?: number;
  /** A key that is there already: making one takes long. */
  readonly key?: KeyObject;
}

const HASH = 'SHA-256';
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: HASH };
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: HASH };
const subjects = new WeakMap<TestCertificate, string>();
let serial = 0;

function newKey(bits: number): KeyObject {
  return bits === 0
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    : generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
}

async function imported(key: KeyObject, use: 'sign' | 'verify'): Promise<webcrypto.CryptoKey> {
  const format = use === 'sign' ? 'pkcs8' : 'spki';
  const der = (use === 'sign' ? key : createPublicKey(key)).export({ type: format as 'spki', format: 'der' });
  const algorithm = key.asymmetricKeyType === 'rsa' ? RSA : EC;
  return webcrypto.subtle.importKey(format, new Uint8Array(der), algorithm, true, [use]);
}

/** Makes one, with an RSA key unless told otherwise. Issuers are cheaper with `bits: 0`. */
export async function testCertificate(wish: CertificateWish = {}): Promise<TestCertificate> {
  const { name = 'test', isIssuer = false, by, bits = 2048 } = wish;
  const privateKey = wish.key ?? newKey(bits);
  const subject = `CN=${name}`;
  const signer = by?.privateKey ?? privateKey;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: `4${(serial += 1).toString(16).padStart(15, '0')}`,
    subject,
    issuer: by === undefined ? subject : (subjects.get(by) ?? ''),
    notBefore: new Date(wish.notBefore ?? '2015-01-01T00:00:00Z'),
    notAfter: new Date(wish.notAfter ?? '2049-01-01T00:00:00Z'),
    publicKey: await imported(privateKey, 'verify'),
    signingKey: await imported(signer, 'sign'),
    signingAlgorithm: signer.asymmetricKeyType === 'rsa' ? RSA : EC,
    extensions: extensionsOf(wish, name, isIssuer),
  });
  const der = Buffer.from(certificate.rawData);
  const made = { pem: `${certificate.toString('pem')}\n`, der, privateKey };
  subjects.set(made, subject);
  return made;
}

function extensionsOf(wish: CertificateWish, name: string, isIssuer: boolean): Extension[] {
  const usage = isIssuer ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature;
  const dnsNames = wish.dnsNames ?? (isIssuer ? [] : [name]);
  const names = dnsNames.map((value) => ({ type: 'dns' as const, value }));
  return [
    new BasicConstraintsExtension(isIssuer, undefined, true),
    new KeyUsagesExtension(usage, true),
    ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
    ...(wish.issuerUrl === undefined
      ? []
      : [new AuthorityInfoAccessExtension({ caIssuers: [wish.issuerUrl] })]),
  ];
}

/** One of PayPal's deliveries to be signed. */
export interface TestTransmission {
  readonly body: string | Uint8Array;
  readonly webhookId: string;
  readonly certUrl: string;
  readonly key: KeyObject;
  readonly id?: string;
  /** RFC 3339 to the second. */
  readonly time: string;
}

/** The five headers PayPal signs with, lower-case: RSA-SHA256 over `id|time|webhookId|crc32(body)`. */
export function paypalHeaders(transmission: TestTransmission): Record<string, string> {
  const { body, webhookId, certUrl, key, time, id = '1c6772d0-5106-11ef-9b66-89f3f924d48a' } = transmission;
  const signed = Buffer.from(`${id}|${time}|${webhookId}|${crc32(body)}`);
  return {
    'paypal-transmission-id': id,
    'paypal-transmission-time': time,
    'paypal-transmission-sig': sign('sha256', signed, key).toString('base64'),
    'paypal-cert-url': certUrl,
    'paypal-auth-algo': 'SHA256withRSA',
  };
}

/** Characters that differ in some bits and may stand anywhere in a JSON string. */
const FILL = ['a', 'b'] as const;
const FILL_LENGTH = 64;
const MARK = '@'.repeat(FILL_LENGTH);

/**
 * Gives `forged` (which holds `placeholder` once, inside a JSON string) the CRC-32 of `genuine`: the sum is linear, so 64
 * characters of two kinds suffice (paypal.md 3.6).
 */
export function withCrcOf(genuine: string, forged: string, placeholder: string): string {
  const frame = forged.replace(placeholder, MARK);
  const filled = (bits: bigint): string =>
    frame.replace(
      MARK,
      Array.from({ length: FILL_LENGTH }, (_, at) => ((bits >> BigInt(at)) & 1n ? FILL[1] : FILL[0])).join(
        '',
      ),
    );
  const base = crc32(filled(0n));
  const effects = Array.from({ length: FILL_LENGTH }, (_, at) => crc32(filled(1n << BigInt(at))) ^ base);
  return filled(combination(effects, base ^ crc32(genuine)));
}

/** Which of the vectors add up (XOR) to `target`, as a bit set: Gaussian elimination over 32 bits. */
function combination(vectors: readonly number[], target: number): bigint {
  const rows: { readonly vector: number; readonly chosen: bigint }[] = [];
  const reduced = (vector: number, chosen: bigint): { vector: number; chosen: bigint } => {
    let left = { vector, chosen };
    for (const row of rows) {
      if ((left.vector ^ row.vector) >>> 0 < left.vector >>> 0)
        left = { vector: left.vector ^ row.vector, chosen: left.chosen ^ row.chosen };
    }
    return left;
  };
  for (const [at, vector] of vectors.entries()) {
    const row = reduced(vector, 1n << BigInt(at));
    if (row.vector === 0) continue;
    rows.push(row);
    rows.sort((left, right) => (right.vector >>> 0) - (left.vector >>> 0));
  }
  const { vector, chosen } = reduced(target, 0n);
  if (vector !== 0) throw new Error('no such combination');
  return chosen;
}
