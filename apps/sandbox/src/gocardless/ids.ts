const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANGE = 2n ** 40n;
/** Odd, so that counting times it visits every number of the range once. */
const STRIDE = 0x9e3779b97n;
const SHORT_LENGTH = 14;
const FLOW_LENGTH = 32;
const ULID_LENGTH = 28;

/**
 * Ids with the real prefixes. Old ones are 14 characters; `ulid` makes 28-character ones as newer accounts have.
 * Flows are 32 characters long either way (gocardless.md 1.3).
 */
export class Ids {
  readonly #salt: bigint;
  readonly #style: 'short' | 'ulid';
  #count = 0n;

  /** Another `salt` gives other ids, so a restarted sandbox does not repeat itself. */
  constructor(salt: number, style: 'short' | 'ulid' = 'short') {
    this.#salt = BigInt(salt);
    this.#style = style;
  }

  next(prefix: string): string {
    this.#count += 1n;
    const long = this.#style === 'ulid' ? ULID_LENGTH : SHORT_LENGTH;
    const length = prefix === 'BRF' ? FLOW_LENGTH : long;
    const number = (this.#count * STRIDE + this.#salt) % RANGE;
    return prefix + inBase32(number).padStart(length - prefix.length, '0');
  }
}

function inBase32(number: bigint): string {
  let text = '';
  for (let rest = number; rest > 0n; rest /= 32n) text = (ALPHABET[Number(rest % 32n)] ?? '') + text;
  return text;
}
