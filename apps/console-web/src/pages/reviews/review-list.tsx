import { type ReactNode, useEffect, useRef } from 'react';
import type { Review, ReviewKind } from '../../api/types.ts';
import { PAGES } from '../../routes.ts';
import { useUrl } from '../../ui/use-url.ts';
import { To } from '../../ui/link.tsx';
import { Money } from '../../ui/money.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { Time } from '../../ui/time.tsx';
import type { Ticks } from '../../ui/data-table.tsx';
import { QUESTIONS } from './texts.ts';

/** Reviews of one kind. */
export interface Group {
  readonly kind: ReviewKind;
  readonly reviews: readonly Review[];
}

/** Reviews by kind; kinds and reviews in the order they come. */
export function groupsOf(reviews: readonly Review[]): Group[] {
  const groups = new Map<ReviewKind, Review[]>();
  for (const review of reviews) groups.set(review.kind, [...(groups.get(review.kind) ?? []), review]);
  return [...groups].map(([kind, ofKind]) => ({ kind, reviews: ofKind }));
}

interface ReviewListProps {
  readonly groups: readonly Group[];
  readonly currentId: string | null;
  /** Null for who may not answer: nothing to tick. */
  readonly ticks: Ticks | null;
}

/** The work list: what is asked, grouped by kind. */
export function ReviewList({ groups, currentId, ticks }: ReviewListProps): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-current=true]')?.scrollIntoView({ block: 'nearest' });
  }, [currentId]);
  return (
    <div className="work-list" ref={list}>
      {groups.map(({ kind, reviews }) => (
        <section key={kind} aria-labelledby={`kind-${kind}`}>
          <h2 id={`kind-${kind}`}>
            {QUESTIONS[kind]} <span className="quiet">{reviews.length}</span>
          </h2>
          <ul>
            {reviews.map((review) => (
              <Line key={review.id} review={review} isCurrent={review.id === currentId} ticks={ticks} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

interface LineProps {
  readonly review: Review;
  readonly isCurrent: boolean;
  readonly ticks: Ticks | null;
}

function Line({ review, isCurrent, ticks }: LineProps): ReactNode {
  const { id, subject, invoice, amountMinor, currency, openedAt, pendingResolution, resolution } = review;
  const { search } = useUrl();
  return (
    <li className={isCurrent ? 'is-current' : undefined}>
      {ticks === null ? null : <Tick id={id} name={subject.id} ticks={ticks} />}
      <To to={`${PAGES.reviews.path}/${id}`} search={search} aria-current={isCurrent ? 'true' : undefined}>
        <span className="line-name">
          {invoice === null
            ? `${subject.type} ${subject.id}`
            : `${invoice.number} ${invoice.clientName ?? ''}`}
        </span>
        <Money minor={amountMinor} currency={currency} />
        <span className="line-state quiet">
          {pendingResolution === null ? (
            <Time at={openedAt} />
          ) : (
            <StateWord tone="wait">answered, not yet counted</StateWord>
          )}
          {resolution === null ? null : (
            <>
              {' · '}
              {resolution.action} by {resolution.by}
            </>
          )}
        </span>
      </To>
    </li>
  );
}

function Tick({
  id,
  name,
  ticks,
}: {
  readonly id: string;
  readonly name: string;
  readonly ticks: Ticks;
}): ReactNode {
  const toggle = (): void => {
    const keys = new Set(ticks.keys);
    if (!keys.delete(id)) keys.add(id);
    ticks.change(keys);
  };
  return (
    <input type="checkbox" aria-label={`Select ${name}`} checked={ticks.keys.has(id)} onChange={toggle} />
  );
}
