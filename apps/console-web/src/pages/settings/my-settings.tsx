import { queryOptions, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, read } from '../../api/client.ts';
import { queryClient } from '../../api/queries.ts';
import { useSigned } from '../../session.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { Time } from '../../ui/time.tsx';
import { browserName } from './browser-name.ts';
import { change } from './settings-api.ts';

interface OwnSession {
  readonly id: string;
  readonly isThis: boolean;
  readonly lastSeenAt: string;
  readonly address: string;
  readonly userAgent: string;
}

const sessionsQuery = queryOptions({
  queryKey: ['own-sessions'],
  queryFn: () => read<{ items: OwnSession[] }>(api.GET('/sessions')),
});

/** One's own account. Passwords, passkeys and the second step have a page that needs no script. */
export function MySettings(): ReactNode {
  const { session } = useSigned();
  const query = useQuery(sessionsQuery);
  const { person } = session;
  return (
    <>
      <section className="panel">
        <h2>{person?.name ?? session.actor}</h2>
        <dl className="facts">
          <dt>E-mail</dt>
          <dd>{person?.email}</dd>
          <dt>Second step</dt>
          <dd>
            {person?.hasTotp === true ? (
              <StateWord tone="good">On</StateWord>
            ) : (
              <StateWord tone="warn">Off: a password alone lets somebody in</StateWord>
            )}
          </dd>
        </dl>
        <a className="button" href="/account">
          Password, passkeys, second step
        </a>
      </section>
      <section>
        <h2>Signed in with</h2>
        <Loaded query={query}>
          {({ items }) => (
            <DataTable
              caption="Browsers you are signed in with"
              rows={items}
              columns={COLUMNS}
              keyOf={({ id }) => id}
            />
          )}
        </Loaded>
      </section>
    </>
  );
}

async function end(session: OwnSession): Promise<void> {
  await change(
    read(api.DELETE('/sessions/{sessionId}', { params: { path: { sessionId: session.id } } })),
    `${browserName(session.userAgent)} is signed out.`,
  );
  void queryClient.invalidateQueries({ queryKey: ['own-sessions'] });
}

const COLUMNS: readonly Column<OwnSession>[] = [
  { name: 'Browser', cell: ({ userAgent }) => <span title={userAgent}>{browserName(userAgent)}</span> },
  { name: 'Address', cell: ({ address }) => <code>{address}</code> },
  { name: 'Last seen', cell: ({ lastSeenAt }) => <Time at={lastSeenAt} isRelative /> },
  {
    name: 'Change',
    cell: (session) =>
      session.isThis ? (
        <StateWord tone="good">this one</StateWord>
      ) : (
        <button type="button" className="button is-small" onClick={() => void end(session)}>
          Sign out
        </button>
      ),
  },
];
