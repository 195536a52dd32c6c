import type { Desk } from '@mlc/platform/accounts/desk';
import type { Attempts } from '@mlc/platform/accounts/attempts';
import type { PasskeySite } from '@mlc/platform/accounts/passkeys';
import type { DoorLimits } from '@mlc/platform/accounts/sign-in';

/** What decides who comes in. */
export interface Door {
  readonly desk: Desk;
  readonly limits: DoorLimits;
  /** Wrong Bearer tokens, by address. */
  readonly guesses: Attempts;
  /** Opens everything to scripts. */
  readonly adminToken: string;
  /** Where people reach the console. */
  readonly consoleUrl: string;
  /** Null where browsers make no passkeys. */
  readonly site: PasskeySite | null;
  /** Counts what was refused, by why. */
  readonly refused: (why: 'token' | 'session' | 'sign-in' | 'other-site' | 'locked') => void;
}

/** Served over TLS. */
export function isSecure({ consoleUrl }: Pick<Door, 'consoleUrl'>): boolean {
  return consoleUrl.startsWith('https:');
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Whether a host name means this machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** Cookies go over TLS, or stay on this machine. */
export function mayUseCookies(door: Pick<Door, 'consoleUrl'>): boolean {
  return isSecure(door) || isLoopback(new URL(door.consoleUrl).hostname);
}
