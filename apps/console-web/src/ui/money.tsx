import type { ReactNode } from 'react';
import { amountText } from '../format/money.ts';

interface MoneyProps {
  /** Minor units; null when nothing is known. */
  readonly minor: number | null;
  readonly currency: string | null;
}

/** An amount: currency first, digits in line. A minus is read as the word. */
export function Money({ minor, currency }: MoneyProps): ReactNode {
  if (minor === null || currency === null) return <span className="quiet">–</span>;
  return (
    <span className="money">
      {minor < 0 ? <span className="only-read">minus </span> : null}
      <span className="currency">{currency}</span> {amountText(minor, currency)}
    </span>
  );
}
