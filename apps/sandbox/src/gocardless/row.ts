export type Metadata = Record<string, string>;

/** What every resource has. */
export interface Row {
  readonly id: string;
  readonly created_at: string;
}

export interface Fx {
  fx_currency: string | null;
  fx_amount: number | null;
  exchange_rate: string | null;
  estimated_exchange_rate: string | null;
}

/** An account without foreign currency. */
export const NO_FX: Fx = {
  fx_currency: null,
  fx_amount: null,
  exchange_rate: null,
  estimated_exchange_rate: null,
};
