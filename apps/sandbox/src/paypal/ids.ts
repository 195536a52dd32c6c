import { randomUUID } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKLMNPRSTUVWXY';
const MERCHANT_ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const RANGE = 2n ** 85n;
/** Odd, so that counting times it visits every number of the range once; large, so that ids do not look alike. */
const STRIDE = 0x1d3c6ef372fe94f82b9e3n;

/** Ids in PayPal's shapes (paypal.md 0). The same count gives the same id, another `salt` other ones. */
export class Ids {
  readonly #salt: bigint;
  #count = 0n;

  constructor(salt: number) {
    this.#salt = BigInt(salt) * 0x9e3779b97f4a7c15n;
  }

  /** 17 characters: orders, captures, refunds, sales, webhooks. */
  transaction(): string {
    return this.#text(17, ALPHABET);
  }

  /** `WH-…-…`. */
  event(): string {
    return `WH-${this.#text(17, ALPHABET)}-${this.#text(17, ALPHABET)}`;
  }

  /** 13 characters: merchants and payers. */
  account(): string {
    return this.#text(13, MERCHANT_ALPHABET);
  }

  /** `I-…`: a subscription. */
  subscription(): string {
    return `I-${this.#text(12, ALPHABET)}`;
  }

  /** `P-…`: a plan. */
  plan(): string {
    return `P-${this.#text(24, ALPHABET)}`;
  }

  /** `PAYID-…`: a payment of v1. */
  payment(): string {
    return `PAYID-${this.#text(24, ALPHABET)}`;
  }

  /** `INV2-XXXX-XXXX-XXXX-XXXX`. */
  invoice(): string {
    return `INV2-${(this.#text(16, ALPHABET).match(/.{4}/g) ?? []).join('-')}`;
  }

  /** `PP-R-ABC-12345678`-like, in the older all-digit form. */
  dispute(): string {
    const digits = String(this.#number() % 1_000_000_000n).padStart(9, '0');
    return `PP-000-${(digits.match(/.{3}/g) ?? []).join('-')}`;
  }

  /** `CERT-` and three groups of eight hexadecimal digits, the first two always the same. */
  certificate(): string {
    return `CERT-360caa42-fca2a594-${(this.#number() % 2n ** 32n).toString(16).padStart(8, '0')}`;
  }

  #number(): bigint {
    this.#count += 1n;
    return (this.#count * STRIDE + this.#salt) % RANGE;
  }

  #text(length: number, alphabet: string): string {
    let text = '';
    for (let rest = this.#number(); text.length < length; rest /= 32n)
      text = (alphabet[Number(rest % 32n)] ?? '') + text;
    return text;
  }
}

/** Time-based in its version digit only; what PayPal uses for transmissions. */
export function transmissionId(): string {
  const id = randomUUID();
  return `${id.slice(0, 14)}1${id.slice(15)}`;
}

/** As in `paypal-debug-id`. */
export function debugId(): string {
  return randomUUID().replaceAll('-', '').slice(0, 13);
}
