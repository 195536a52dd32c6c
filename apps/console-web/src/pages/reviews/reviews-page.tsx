import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { reviewsQuery } from '../../api/queries.ts';
import type { PageOf, Review, ReviewKind } from '../../api/types.ts';
import { clockText } from '../../format/time.ts';
import { PAGES } from '../../routes.ts';
import { among, one } from '../../search.ts';
import { useBusiness } from '../../session.tsx';
import { ChoiceFilter, ClearFilters, FilterBar, SwitchFilter } from '../../ui/filter-bar.tsx';
import { To, useHref } from '../../ui/link.tsx';
import { Empty, Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager, useCursor } from '../../ui/pager.tsx';
import { useKeys } from '../../ui/use-keys.ts';
import { useUrl } from '../../ui/use-url.ts';
import type { PageProps } from '../page-props.ts';
import { BulkBar } from './bulk-bar.tsx';
import { type Group, groupsOf, ReviewList } from './review-list.tsx';
import { ReviewPane } from './review-pane.tsx';
import { QUESTIONS } from './texts.ts';
import { useAnswers } from './use-answers.ts';

const KINDS = Object.keys(QUESTIONS) as ReviewKind[];

/** What a person must decide, and what happens then. */
export function ReviewsPage({ id }: PageProps): ReactNode {
  const business = useBusiness();
  const { search } = useUrl();
  const state = one(search, 'state') === 'resolved' ? 'resolved' : 'open';
  const kind = among(search, 'kind', KINDS);
  const query = useQuery(reviewsQuery({ business: business.slug, state, kind, ...useCursor() }));
  return (
    <Page title="Reviews" lead="What only a person can decide, and what each answer does.">
      <FilterBar>
        <SwitchFilter
          name="state"
          label="State"
          options={[
            ['open', 'Open'],
            ['resolved', 'Answered'],
          ]}
        />
        <ChoiceFilter
          name="kind"
          label="Kind"
          options={KINDS.map((each) => [each, QUESTIONS[each]] as const)}
        />
        <ClearFilters names={['kind']} />
      </FilterBar>
      <Loaded query={query}>
        {(page) =>
          page.items.length === 0 && id === null ? (
            <Nothing checkedAt={query.dataUpdatedAt} isOpen={state === 'open'} />
          ) : (
            <Work page={page} id={id} />
          )
        }
      </Loaded>
    </Page>
  );
}

function Nothing({ checkedAt, isOpen }: { readonly checkedAt: number; readonly isOpen: boolean }): ReactNode {
  const { timezone } = useBusiness();
  return (
    <Empty title={isOpen ? 'Nothing needs you.' : 'Nothing was answered yet.'}>
      <p className="quiet">Last checked {clockText(new Date(checkedAt), timezone)}.</p>
    </Empty>
  );
}

/** Goes from one review to the next, in the order they are shown. */
function useWalk(groups: readonly Group[], id: string | null) {
  const [, navigate] = useLocation();
  const href = useHref();
  const { search } = useUrl();
  const ids = groups.flatMap(({ reviews }) => reviews.map((review) => review.id));
  const at = id === null ? -1 : ids.indexOf(id);
  const go = (to: string | undefined): void => {
    navigate(href(to === undefined ? PAGES.reviews.path : `${PAGES.reviews.path}/${to}`, search));
  };
  const step = (by: 1 | -1): void => {
    const next = ids[Math.min(Math.max(at + by, 0), ids.length - 1)];
    if (next !== undefined && next !== id) go(next);
  };
  return { go, step, afterwards: ids[at + 1] ?? ids[at - 1] };
}

function Work({ page, id }: { readonly page: PageOf<Review>; readonly id: string | null }): ReactNode {
  const groups = groupsOf(page.items);
  const mayAnswer = useBusiness().may('finance');
  const [ticked, tick] = useState<ReadonlySet<string>>(new Set());
  const answers = useAnswers();
  const { go, step, afterwards } = useWalk(groups, id);
  const toggle = (): void => {
    if (id === null || !mayAnswer) return;
    const keys = new Set(ticked);
    if (!keys.delete(id)) keys.add(id);
    tick(keys);
  };
  useKeys({ j: () => step(1), k: () => step(-1), x: toggle });
  const chosen = page.items.filter((review) => ticked.has(review.id) && review.state === 'open');
  return (
    <>
      {chosen.length === 0 ? null : (
        <BulkBar reviews={chosen} answers={answers} onDone={(left) => tick(new Set(left))} />
      )}
      <div className={id === null ? 'split' : 'split is-open'}>
        <div>
          <ReviewList
            groups={groups}
            currentId={id}
            ticks={mayAnswer ? { keys: ticked, change: tick } : null}
          />
          <Pager page={page} />
        </div>
        {id === null ? (
          <p className="pane is-nothing quiet">Choose a review, or walk through them with j and k.</p>
        ) : (
          <div>
            <BackToList />
            <FocusOn id={id} />
            <ReviewPane
              key={id}
              id={id}
              listed={page.items.find((review) => review.id === id)}
              answers={answers}
              onAnswered={() => go(afterwards)}
              onUndo={(review) => go(review.id)}
            />
          </div>
        )}
      </div>
    </>
  );
}

/** On a phone the review covers the list. */
function BackToList(): ReactNode {
  const { search } = useUrl();
  return (
    <p className="back">
      <To to={PAGES.reviews.path} search={search}>
        ← All reviews
      </To>
    </p>
  );
}

/** Who walks to another review with the keys goes on reading there. */
function FocusOn({ id }: { readonly id: string }): ReactNode {
  useEffect(() => {
    document.getElementById('review-title')?.focus({ preventScroll: true });
  }, [id]);
  return null;
}
