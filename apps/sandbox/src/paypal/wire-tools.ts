export type Wire = Readonly<Record<string, unknown>>;

/** The host PayPal still writes into links, whatever host was asked (paypal.md 0): only the path is of use. */
export const LINK_HOST = 'https://api.sandbox.paypal.com';

export interface Link {
  readonly rel: string;
  readonly path: string;
  readonly method?: string;
}

/** Links as answers of the API write them. */
export function links(...wanted: readonly Link[]): Wire[] {
  return wanted.map(({ rel, path, method = 'GET' }) => ({ href: LINK_HOST + path, rel, method }));
}

/** Links as v2 events write them: the same members in another order. */
export function eventLinks(...wanted: readonly Link[]): Wire[] {
  return wanted.map(({ rel, path, method = 'GET' }) => ({ method, rel, href: LINK_HOST + path }));
}

/** The named members in this order; absent ones and undefined ones are left out. */
export function pick(parts: Wire, keys: readonly string[]): Wire {
  return Object.fromEntries(keys.filter((key) => parts[key] !== undefined).map((key) => [key, parts[key]]));
}

/** null becomes undefined, which JSON leaves out. */
export function given<T>(value: T | null): T | undefined {
  return value ?? undefined;
}

/** Compact JSON in ASCII, as every recorded delivery is; what is beyond is escaped. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
