import type { ReactNode } from 'react';
import type { Overview } from '../../api/types.ts';
import { capital, providerName, words } from '../../en.ts';
import { PAGES } from '../../routes.ts';
import { Icon } from '../../ui/icons.tsx';
import { To } from '../../ui/link.tsx';
import { Money } from '../../ui/money.tsx';
import { QUESTIONS } from '../reviews/texts.ts';
import { Bars } from '../cash-flow/bars.tsx';
import { type Day, dayAfter, everyDay } from '../cash-flow/scale.ts';

type Block = Overview['blocks'][number];

const VERDICTS = {
  right: ['good', 'check'],
  unexplained: ['bad', 'warn'],
  unknown: ['warn', 'clock'],
} as const;

interface CurrencyBlockProps {
  readonly block: Block;
  readonly others: Overview['questionsWithoutAmount'];
}

/** Everything about the money of one currency; currencies are never summed. */
export function CurrencyBlock({ block, others }: CurrencyBlockProps): ReactNode {
  const { currency, verdict, inFlight, arrived, questions, next } = block;
  const [tone, icon] = VERDICTS[verdict.kind];
  const asked = [...questions, ...others.map((each) => ({ ...each, amountMinor: null }))];
  return (
    <section className="money-block" aria-label={currency}>
      <div className={`verdict is-${tone}`}>
        <Icon name={icon} />
        <div>
          <h2>{verdict.sentence}</h2>
          {verdict.because
            .filter((reason) => !verdict.sentence.includes(reason))
            .map((reason) => (
              <p key={reason}>{reason}</p>
            ))}
        </div>
      </div>
      <div className="cards">
        <Sums
          title="Needs you"
          currency={currency}
          lines={asked.map(questionLine)}
          none="Nothing needs you."
        />
        <Sums
          title="In flight"
          currency={currency}
          lines={inFlight.map(({ state, amountMinor, count }) => ({
            text: capital(words(state)),
            amountMinor,
            count,
          }))}
          none="Nothing is being collected."
        />
        <Sums
          title="Arrived, 30 days"
          currency={currency}
          lines={arrived.map(({ provider, amountMinor, count }) => ({
            text: providerName(provider),
            amountMinor,
            count,
          }))}
          none="Nothing arrived."
        />
      </div>
      {next.every(({ expectedMinor }) => expectedMinor === 0) ? null : (
        <div className="panel">
          <div className="section-head">
            <h3>Next 14 days</h3>
            <To to={PAGES.cash.path}>Cash flow</To>
          </div>
          <Bars days={nextDays(next)} currency={currency} today="" />
        </div>
      )}
    </section>
  );
}

const DAYS_AHEAD = 14;

/** The days from the first with something on, as many as are looked ahead. */
function nextDays(next: Block['next']): Day[] {
  const [first] = next;
  if (first === undefined) return [];
  return everyDay(next, first.date, dayAfter(first.date, DAYS_AHEAD - 1));
}

interface Line {
  readonly text: string;
  readonly amountMinor: number | null;
  readonly count: number;
  readonly kind?: string;
}

function questionLine({
  kind,
  amountMinor,
  count,
}: {
  kind: string;
  amountMinor: number | null;
  count: number;
}): Line {
  return {
    text: (QUESTIONS as Readonly<Record<string, string>>)[kind] ?? words(kind),
    amountMinor,
    count,
    kind,
  };
}

interface SumsProps {
  readonly title: string;
  readonly currency: string;
  readonly lines: readonly Line[];
  readonly none: string;
}

function Sums({ title, currency, lines, none }: SumsProps): ReactNode {
  const total = lines.reduce((sum, { amountMinor }) => sum + (amountMinor ?? 0), 0);
  return (
    <section className="panel">
      <h3 className="quiet">{title}</h3>
      <p className="total">
        <Money minor={total} currency={currency} />
      </p>
      {lines.length === 0 ? <p className="quiet">{none}</p> : null}
      <dl className="sums">
        {lines.map(({ text, amountMinor, count, kind }) => (
          <div key={text}>
            <dt>
              {kind === undefined ? (
                text
              ) : (
                <To to={PAGES.reviews.path} search={{ kind: [kind] }}>
                  {text}
                </To>
              )}{' '}
              {count === 1 ? null : <span className="quiet">× {count}</span>}
            </dt>
            <dd>{amountMinor === null ? null : <Money minor={amountMinor} currency={currency} />}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
