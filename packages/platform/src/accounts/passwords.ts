import { hash, verify } from '@node-rs/argon2';

/** Fewest characters of a password. */
export const PASSWORD_MIN = 12;
const PASSWORD_MAX = 256;

/** OWASP's first recommendation for argon2id (the library's own algorithm unless told): 19 MiB, two rounds, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of nobody's password: an unknown e-mail costs as much time as a known one. */
const NOBODYS = 'nobody has this password';
let dummy: Promise<string> | null = null;

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), COST);
}

/** Whether it is the password; with `null` it takes as long and is false. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  dummy ??= hashPassword(NOBODYS);
  const candidate = password.slice(0, PASSWORD_MAX).normalize('NFKC');
  const isRight = await verify(stored ?? (await dummy), candidate);
  return isRight && stored !== null;
}

/** What is wrong with a new password, for people; null when it can be used. */
export function passwordProblem(password: string, person: { name: string; email: string }): string | null {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  if (password.length < PASSWORD_MIN) return `The password needs at least ${PASSWORD_MIN} characters.`;
  if (password.length > PASSWORD_MAX) return `The password has at most ${PASSWORD_MAX} characters.`;
  if (new Set(password).size < 5) return 'The password repeats a few characters: use a longer phrase.';
  const about = [person.name, person.email, person.email.split('@')[0] ?? '', 'ml-connector'];
  if (about.some((text) => plain(text) !== '' && plain(password) === plain(text)))
    return 'The password must not be your name, your e-mail or the name of this product.';
  return null;
}
