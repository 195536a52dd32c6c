import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { statusQuery } from '../../api/queries.ts';
import type { Status } from '../../api/types.ts';
import { useBusiness, useSigned } from '../../session.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { FLOWS } from '../dead-letters/texts.ts';

interface Queue {
  readonly flow: string;
  readonly counts: Status['queues'][string];
}

const COLUMNS: readonly Column<Queue>[] = [
  { name: 'Flow', cell: ({ flow }) => FLOWS[flow] ?? flow },
  { name: 'Waiting', cell: ({ counts }) => counts.waiting, isNumber: true },
  { name: 'Running', cell: ({ counts }) => counts.active, isNumber: true },
  { name: 'Later', cell: ({ counts }) => counts.delayed, isNumber: true },
  { name: 'Failed', cell: ({ counts }) => counts.failed, isNumber: true },
];

/** What is under way in each flow. */
export function QueuesPage(): ReactNode {
  const business = useBusiness();
  const { businesses } = useSigned();
  const query = useQuery(statusQuery(business.slug));
  // The board shows the jobs of all businesses.
  const mayLook = businesses.every(({ may }) => may('operator'));
  return (
    <Page
      title="Queues"
      lead="Work of every flow, of all businesses together. Finance never needs this page."
      action={
        mayLook ? (
          <a className="button" href="/queues/">
            Open the board
          </a>
        ) : undefined
      }
    >
      <Loaded query={query}>{(status) => <Strip status={status} />}</Loaded>
    </Page>
  );
}

function Strip({ status }: { readonly status: Status }): ReactNode {
  const { queues, parked, events } = status;
  const rows = Object.entries(queues).map(([flow, counts]) => ({ flow, counts }));
  return (
    <>
      <DataTable caption="Queues" rows={rows} columns={COLUMNS} keyOf={({ flow }) => flow} />
      <p className="quiet">
        Of this business {events.pending} {events.pending === 1 ? 'event is' : 'events are'} to run and{' '}
        {parked} {parked === 1 ? 'waits' : 'wait'} for something that is not there yet.
      </p>
    </>
  );
}
