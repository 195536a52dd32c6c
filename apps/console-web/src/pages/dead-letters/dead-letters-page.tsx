import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { deadLettersQuery } from '../../api/queries.ts';
import type { DeadLetter, PageOf } from '../../api/types.ts';
import { counted, en } from '../../en.ts';
import { PAGES } from '../../routes.ts';
import { useBusiness } from '../../session.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { ChoiceFilter, ClearFilters, FilterBar } from '../../ui/filter-bar.tsx';
import { Empty, Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager, useCursor } from '../../ui/pager.tsx';
import { Time } from '../../ui/time.tsx';
import { useUrl } from '../../ui/use-url.ts';
import { type Cause, causesOf } from './groups.ts';
import { FAILURES, FLOWS } from './texts.ts';
import { useReplay } from './use-replay.ts';

const LIMIT = 200;

/** What broke, by cause. */
export function DeadLettersPage(): ReactNode {
  const { slug: business } = useBusiness();
  const { search } = useUrl();
  const failureKind = search['failureKind'] === undefined ? undefined : [...search['failureKind']];
  const query = useQuery(deadLettersQuery({ business, failureKind, limit: LIMIT, ...useCursor() }));
  return (
    <Page
      title="Dead letters"
      lead="What failed for good. A replay runs the event again with the same keys: nothing is done twice."
    >
      <FilterBar>
        <ChoiceFilter name="failureKind" label="Why" options={Object.entries(FAILURES)} />
        <ClearFilters names={['failureKind']} />
      </FilterBar>
      <Loaded query={query}>
        {(page) => (page.items.length === 0 ? <Empty title="Nothing broke." /> : <Causes page={page} />)}
      </Loaded>
    </Page>
  );
}

function Causes({ page }: { readonly page: PageOf<DeadLetter> }): ReactNode {
  return (
    <>
      {causesOf(page.items).map((cause) => (
        <CauseCard key={cause.key} cause={cause} />
      ))}
      <Pager page={page} />
    </>
  );
}

const COLUMNS: readonly Column<DeadLetter>[] = [
  { name: 'Died', cell: ({ diedAt }) => <Time at={diedAt} /> },
  { name: 'Event', cell: ({ eventId }) => <code>{eventId}</code> },
  { name: 'Error', cell: ({ error }) => <span className="clip">{error}</span> },
  { name: 'Attempts', cell: ({ attempts }) => attempts, isNumber: true },
];

function CauseCard({ cause }: { readonly cause: Cause }): ReactNode {
  const business = useBusiness();
  const [isAsking, ask] = useState(false);
  const { replay, isBusy } = useReplay(business.slug);
  const { flow, failureKind, letters } = cause;
  const mayReplay = business.may('operator');
  const isOne = letters.length === 1;
  return (
    <section className="panel" aria-label={FAILURES[failureKind] ?? failureKind}>
      <div className="panel-head">
        <div>
          <h2>{FAILURES[failureKind] ?? failureKind}</h2>
          <p className="quiet">
            {FLOWS[flow] ?? flow} · {counted(letters.length, 'event')}
          </p>
        </div>
        <button
          type="button"
          className="button is-primary"
          aria-disabled={!mayReplay || isBusy}
          title={mayReplay ? undefined : en.needsRole('operator')}
          onClick={() => mayReplay && ask(true)}
        >
          {isOne ? 'Replay' : `Replay all ${String(letters.length)}`}
        </button>
      </div>
      <DataTable
        caption={`Dead letters: ${failureKind}`}
        rows={letters}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        pathOf={({ id }) => `${PAGES.deadLetters.path}/${id}`}
      />
      {isAsking ? (
        <Confirm
          title={`Replay ${counted(letters.length, 'event')}?`}
          action="Replay"
          onClose={() => ask(false)}
          onConfirm={() => {
            ask(false);
            void replay(letters.map(({ id }) => id));
          }}
        >
          <p>They run again in the order they came. What was done already is found and not repeated.</p>
        </Confirm>
      ) : null}
    </section>
  );
}
