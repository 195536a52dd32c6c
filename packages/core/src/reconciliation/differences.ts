import { formatMoney } from '../money/money.ts';
import type { ClearingRow } from './clearing.ts';
import { compareText } from './compare.ts';
import type { Holding, ProviderProof } from './proof.ts';

/** One thing on which the ledger and the provider disagree. */
export interface Difference {
  /** The provider's id of it; the provider's name when it could not be asked at all. */
  readonly id: string;
  /** Ledger − provider, in minor units; null when the provider could not be asked. */
  readonly amountMinor: bigint | null;
  /** For people. */
  readonly why: string;
}

/** What the provider says it holds of one currency, by id: sorted, one each, without zeros that say nothing. */
export function holdingsOf(
  { provider, currency }: Pick<ClearingRow, 'provider' | 'currency'>,
  proofs: readonly ProviderProof[],
): readonly Holding[] {
  const byId = new Map<string, Holding>();
  for (const proof of proofs) {
    if (proof.provider !== provider || proof.currency !== currency) continue;
    for (const holding of proof.holdings) byId.set(holding.id, merged(byId.get(holding.id), holding));
  }
  return [...byId.values()]
    .filter(({ amountMinor, why }) => amountMinor !== 0n || why !== undefined)
    .sort((left, right) => compareText(left.id, right.id));
}

function merged(earlier: Holding | undefined, { id, amountMinor, why }: Holding): Holding {
  const said = earlier?.why ?? why;
  return {
    id,
    amountMinor: (earlier?.amountMinor ?? 0n) + amountMinor,
    ...(said === undefined ? {} : { why: said }),
  };
}

/**
 * Where the two sides differ, by id. Both come sorted by id, one each: `ours` from the ledger and possibly longer than
 * memory, `theirs` from the provider.
 */
export async function* differencesOf(
  { provider, currency }: Pick<ClearingRow, 'provider' | 'currency'>,
  ours: AsyncIterable<Holding>,
  theirs: readonly Holding[],
): AsyncGenerator<Difference> {
  let next = 0;
  const theirOnly = ({ id, amountMinor, why }: Holding): Difference[] => {
    if (amountMinor === 0n) return [];
    const holds = `${provider} holds ${said(amountMinor, currency)} of it, the ledger nothing`;
    return [{ id, amountMinor: -amountMinor, why: why ?? holds }];
  };
  for await (const our of ours) {
    for (let their = theirs[next]; their !== undefined && compareText(their.id, our.id) < 0;) {
      yield* theirOnly(their);
      their = theirs[(next += 1)];
    }
    const same = theirs[next]?.id === our.id ? theirs[next] : undefined;
    if (same !== undefined) next += 1;
    const amountMinor = our.amountMinor - (same?.amountMinor ?? 0n);
    if (amountMinor === 0n) continue;
    const there = same === undefined ? 'nothing' : said(same.amountMinor, currency);
    yield {
      id: our.id,
      amountMinor,
      why: `the ledger holds ${said(our.amountMinor, currency)} of it, ${same?.why ?? `${provider} ${there}`}`,
    };
  }
  for (const their of theirs.slice(next)) yield* theirOnly(their);
}

function said(minor: bigint, currency: string): string {
  return formatMoney({ minor, currency });
}
