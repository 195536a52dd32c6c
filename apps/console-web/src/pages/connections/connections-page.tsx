import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, read } from '../../api/client.ts';
import { problemIn } from '../../api/problem.ts';
import { connectionsQuery } from '../../api/queries.ts';
import type { Connection } from '../../api/types.ts';
import { capital, counted, en, providerName, words } from '../../en.ts';
import { useBusiness } from '../../session.tsx';
import { Empty, Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { Time } from '../../ui/time.tsx';

/** Whether each provider is connected, and tells us everything. */
export function ConnectionsPage(): ReactNode {
  const { slug } = useBusiness();
  const query = useQuery(connectionsQuery(slug));
  return (
    <Page title="Connections" lead="Is each provider connected, and does it tell us everything?">
      <Loaded query={query} shape="card">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No provider is connected." />
          ) : (
            <div className="cards">
              {items.map((connection) => (
                <Card key={connection.id} connection={connection} />
              ))}
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}

function Card({ connection }: { readonly connection: Connection }): ReactNode {
  const { provider, environment, state } = connection;
  const isActive = state === 'active';
  return (
    <section className="panel" aria-label={providerName(provider)}>
      <div className="panel-head">
        <h2>
          {providerName(provider)}{' '}
          <span className={environment === 'live' ? 'badge is-live' : 'badge'}>{environment}</span>
        </h2>
        <StateWord tone={isActive ? 'good' : 'bad'}>
          {isActive ? 'Connected' : capital(words(state))}
        </StateWord>
      </div>
      <Health connection={connection} />
      <PingButton provider={provider as Pinged} />
    </section>
  );
}

function Health({ connection }: { readonly connection: Connection }): ReactNode {
  const { lastEventAt, lastPollAt, lostEvents, refused24h, callbacks, failingLists } = connection;
  return (
    <dl className="facts">
      <dt>Last webhook</dt>
      <dd>
        <Time at={lastEventAt} isRelative />
      </dd>
      <dt>Last poll</dt>
      <dd>
        <Time at={lastPollAt} isRelative />
      </dd>
      <dt>Lost webhooks</dt>
      <dd>
        {lostEvents === 0 ? (
          'none'
        ) : (
          <StateWord tone="warn">{counted(lostEvents, 'webhook')} found by polling</StateWord>
        )}
      </dd>
      <dt>Refused, 24 h</dt>
      <dd>
        {refused24h === 0 ? 'none' : <StateWord tone="warn">{counted(refused24h, 'webhook')}</StateWord>}
      </dd>
      {callbacks.verified + callbacks.pending === 0 ? null : (
        <>
          <dt>Callbacks</dt>
          <dd>
            {callbacks.pending === 0 ? (
              `${String(callbacks.verified)} verified`
            ) : (
              <StateWord tone="warn">
                {callbacks.pending} of {callbacks.verified + callbacks.pending} not verified
              </StateWord>
            )}
          </dd>
        </>
      )}
      {failingLists.length === 0 ? null : (
        <>
          <dt>Cannot read</dt>
          <dd>
            <StateWord tone="bad">{failingLists.join(', ')}</StateWord>
          </dd>
        </>
      )}
    </dl>
  );
}

type Pinged = 'freshbooks' | 'gocardless' | 'paypal';

interface Answer {
  readonly ok: boolean;
  readonly latencyMs: number;
  readonly detail: string;
}

/** One harmless live call, and what came back. */
function PingButton({ provider }: { readonly provider: Pinged }): ReactNode {
  const business = useBusiness();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [isBusy, setBusy] = useState(false);
  const mayPing = business.may('operator');
  const ping = async (): Promise<void> => {
    if (!mayPing || isBusy) return;
    setBusy(true);
    const params = { path: { provider }, query: { business: business.slug } };
    const failed = (error: unknown): Answer => ({
      ok: false,
      latencyMs: 0,
      detail: problemIn(error)?.detail ?? 'It failed.',
    });
    setAnswer(await read<Answer>(api.POST('/connections/{provider}/ping', { params })).catch(failed));
    setBusy(false);
  };
  return (
    <div className="row">
      <button
        type="button"
        className="button"
        aria-disabled={!mayPing || isBusy}
        title={mayPing ? undefined : en.needsRole('operator')}
        onClick={() => void ping()}
      >
        Ping
      </button>
      <span role="status">
        {answer === null ? null : (
          <StateWord tone={answer.ok ? 'good' : 'bad'}>
            {answer.ok ? `answers in ${String(Math.round(answer.latencyMs))} ms` : answer.detail}
          </StateWord>
        )}
      </span>
    </div>
  );
}
