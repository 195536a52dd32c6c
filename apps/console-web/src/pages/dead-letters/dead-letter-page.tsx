import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { deadLetterQuery } from '../../api/queries.ts';
import type { DeadLetterDetails } from '../../api/types.ts';
import { counted, en, providerName, words } from '../../en.ts';
import { PAGES } from '../../routes.ts';
import { useBusiness } from '../../session.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { To } from '../../ui/link.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { Raw } from '../../ui/raw.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { Time } from '../../ui/time.tsx';
import type { PageProps } from '../page-props.ts';
import { FAILURES, FLOWS } from './texts.ts';
import { useReplay } from './use-replay.ts';

/** One failure: what broke, what was asked and answered, what a replay would do. */
export function DeadLetterPage({ id }: PageProps): ReactNode {
  const query = useQuery(deadLetterQuery(id ?? ''));
  const title = query.data === undefined ? 'Dead letter' : (FLOWS[query.data.flow] ?? query.data.flow);
  return (
    <Page
      title={title}
      crumb={<To to={PAGES.deadLetters.path}>Dead letters</To>}
      action={query.data === undefined ? undefined : <ReplayButton letter={query.data} />}
    >
      <Loaded query={query} shape="card">
        {(letter) => <Details letter={letter} />}
      </Loaded>
    </Page>
  );
}

function ReplayButton({ letter }: { readonly letter: DeadLetterDetails }): ReactNode {
  const business = useBusiness();
  const { replay, isBusy } = useReplay(business.slug);
  if (letter.replayedAt !== null) return null;
  const mayReplay = business.may('operator');
  return (
    <button
      type="button"
      className="button is-primary"
      aria-disabled={!mayReplay || isBusy}
      title={mayReplay ? undefined : en.needsRole('operator')}
      onClick={() => mayReplay && !isBusy && void replay([letter.id])}
    >
      Replay
    </button>
  );
}

/** Where the event is since it was replayed: put back is not yet done. */
function Since({ letter: { replayedAt, event } }: { readonly letter: DeadLetterDetails }): ReactNode {
  if (replayedAt === null) return <StateWord tone="bad">Dead</StateWord>;
  const state = event?.state ?? 'unknown';
  const tone = state === 'done' || state === 'skipped' ? 'good' : state === 'dead' ? 'bad' : 'wait';
  return (
    <>
      <StateWord tone={tone}>{state === 'dead' ? 'Died again' : words(state)}</StateWord> · replayed{' '}
      <Time at={replayedAt} />
    </>
  );
}

function Details({ letter }: { readonly letter: DeadLetterDetails }): ReactNode {
  const { failureKind, error, attempts, diedAt, event, call } = letter;
  const mayLook = useBusiness().may('operator');
  return (
    <>
      <section className="panel">
        <h2>{FAILURES[failureKind] ?? failureKind}</h2>
        <p className="error-text">{error}</p>
        <dl className="facts">
          <dt>Now</dt>
          <dd>
            <Since letter={letter} />
          </dd>
          <dt>Died</dt>
          <dd>
            <Time at={diedAt} /> after {counted(attempts, 'attempt')}
          </dd>
          {event === null ? null : <EventFacts event={event} />}
        </dl>
      </section>
      <section className="panel">
        <h2>The call that failed</h2>
        {mayLook ? (
          <Raw value={call} none="No call was made, or none was kept." />
        ) : (
          <p>{en.needsRole('operator')}</p>
        )}
      </section>
    </>
  );
}

function EventFacts({ event }: { readonly event: NonNullable<DeadLetterDetails['event']> }): ReactNode {
  return (
    <>
      <dt>Event</dt>
      <dd>
        {providerName(event.provider)} {event.type} <code>{event.externalEventId}</code>
      </dd>
      <dt>About</dt>
      <dd>
        <code>{event.resourceId}</code> <CopyButton text={event.resourceId} what="its id" />
      </dd>
      <dt>Story</dt>
      <dd>
        <To to={PAGES.audit.path} search={{ correlationId: [event.correlationId] }}>
          Everything that happened with it
        </To>
      </dd>
    </>
  );
}
