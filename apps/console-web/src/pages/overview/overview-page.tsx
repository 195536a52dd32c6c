import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { overviewQuery } from '../../api/queries.ts';
import type { Overview } from '../../api/types.ts';
import { counted } from '../../en.ts';
import { clockText, monthText } from '../../format/time.ts';
import { PAGES } from '../../routes.ts';
import { useBusiness } from '../../session.tsx';
import { To } from '../../ui/link.tsx';
import { Empty, Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import { CurrencyBlock } from './currency-block.tsx';
import { Health } from './health.tsx';

/** Whether the money is right. */
export function OverviewPage(): ReactNode {
  const business = useBusiness();
  const query = useQuery(overviewQuery(business.slug));
  const { data } = query;
  return (
    <Page
      title="Overview"
      lead={data === undefined ? 'Is my money right?' : leadOf(data, business.timezone)}
      action={data === undefined ? undefined : <AnswerLink count={data.counts.reviewsOpen} />}
    >
      <Loaded query={query} shape="card">
        {(overview) => (overview.isNew ? <NothingYet /> : <Blocks overview={overview} />)}
      </Loaded>
    </Page>
  );
}

function leadOf({ asOf, lastClosedMonth }: Overview, zone: string): string {
  const closed =
    lastClosedMonth === null ? 'No month is closed yet.' : `${monthText(lastClosedMonth)} is closed.`;
  return `As of ${clockText(new Date(asOf), zone)}. ${closed}`;
}

function AnswerLink({ count }: { readonly count: number }): ReactNode {
  if (count === 0) return null;
  return (
    <To className="button is-primary" to={PAGES.reviews.path}>
      Answer {counted(count, 'review')}
    </To>
  );
}

function NothingYet(): ReactNode {
  return (
    <Empty title="Nothing was received yet.">
      <p>
        <To to={PAGES.connections.path}>See whether every provider is connected</To>
      </p>
    </Empty>
  );
}

function Blocks({ overview }: { readonly overview: Overview }): ReactNode {
  const { blocks, health, lastEvents, questionsWithoutAmount } = overview;
  return (
    <>
      {blocks.map((block) => (
        <CurrencyBlock key={block.currency} block={block} others={questionsWithoutAmount} />
      ))}
      <Health health={health} />
      <LastEvents events={lastEvents} />
    </>
  );
}

function LastEvents({ events }: { readonly events: Overview['lastEvents'] }): ReactNode {
  if (events.length === 0) return null;
  return (
    <section className="panel">
      <h2>Last events</h2>
      <ul className="plain last-events">
        {events.map(({ seq, at, sentence, subject }) => (
          <li key={seq}>
            <To to={PAGES.audit.path} search={{ subject: [subject.id] }}>
              {sentence}
            </To>
            <Time at={at} />
          </li>
        ))}
      </ul>
    </section>
  );
}
