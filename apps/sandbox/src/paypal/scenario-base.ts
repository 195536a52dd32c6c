import { ControlError } from '../control.ts';
import { readAmount } from './amounts.ts';
import type { Minor } from './amounts.ts';
import { Refusal } from './refusal.ts';
import type { WebhookFate } from './webhook-desk.ts';
import type { World } from './world.ts';

/** What every scenario takes. */
export interface Wishes {
  /** `sent` when left out; see WebhookFate. */
  readonly webhook?: WebhookFate;
}

const FATES: readonly WebhookFate[] = ['sent', 'lost', 'none'];

/** What every scenario needs: the merchant's world, its rows by id, and errors a caller can read. */
export class ScenarioBase {
  readonly #world: () => World;

  constructor(world: () => World) {
    this.#world = world;
  }

  protected get world(): World {
    return this.#world();
  }

  /** Plays something under a webhook fate; what PayPal refuses is the caller's mistake. */
  protected play<T>({ webhook = 'sent' }: Wishes, work: () => T): T {
    if (!FATES.includes(webhook)) throw new ControlError(`webhook: one of ${FATES.join(', ')}`);
    try {
      return this.world.desk.under(webhook, work);
    } catch (error) {
      if (error instanceof Refusal) throw new ControlError(error.message, { cause: error });
      throw error;
    }
  }

  protected row<T>(rows: ReadonlyMap<string, T>, name: string, id: string | undefined): T {
    const row = rows.get(id ?? '');
    if (row === undefined)
      throw new ControlError(`${name}: the sandbox has no ${id ?? 'such thing: it is missing'}`);
    return row;
  }

  /** Decimal string to minor units. */
  protected amount(name: string, value: string, currency: string): Minor {
    const amount = readAmount(value, currency);
    if (typeof amount === 'number' && amount >= 0) return amount;
    throw new ControlError(`${name}: ${value} ${currency} is not an amount (${String(amount)})`);
  }

  protected optionalAmount(name: string, value: string | undefined, currency: string): Minor | undefined {
    return value === undefined ? undefined : this.amount(name, value, currency);
  }
}

/** Leaves out what is undefined, for members that may be absent but not undefined. */
export function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
