import type { ReactNode } from 'react';
import type { Review } from '../../api/types.ts';
import { capital, providerName } from '../../en.ts';
import { PAGES } from '../../routes.ts';
import { To } from '../../ui/link.tsx';
import { Money } from '../../ui/money.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { Time } from '../../ui/time.tsx';
import { reasonsOf } from './choices.ts';
import { QUESTIONS } from './texts.ts';

/** What is asked and what is known about it. */
export function ReviewFacts({ review }: { readonly review: Review }): ReactNode {
  const { kind, subject, invoice, amountMinor, currency, openedAt } = review;
  const [first, ...others] = reasonsOf(review);
  return (
    <>
      <div className="review-head">
        <h2 tabIndex={-1} id="review-title">
          {QUESTIONS[kind]}
        </h2>
        <span className="amount">
          <Money minor={amountMinor} currency={currency} />
        </span>
      </div>
      <p className="quiet">
        {providerName(subject.provider)} {subject.type} <code>{subject.id}</code> · asked{' '}
        <Time at={openedAt} isRelative />
      </p>
      {invoice === null ? null : (
        <p>
          <To to={`${PAGES.invoices.path}/${invoice.id}`}>Invoice {invoice.number}</To> {invoice.clientName}
        </p>
      )}
      <p>{first}</p>
      {others.length === 0 ? null : (
        <ul className="reasons">
          {others.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** How it was answered. */
export function Answered({
  resolution,
}: {
  readonly resolution: NonNullable<Review['resolution']>;
}): ReactNode {
  const { action, note, by, at, invoiceId, customerId } = resolution;
  return (
    <div className="panel">
      <p>
        <StateWord tone="good">{capital(action)}</StateWord> by {by}, <Time at={at} />
      </p>
      {invoiceId === null ? null : <p>Invoice {invoiceId}</p>}
      {customerId === null ? null : <p>Customer {customerId}</p>}
      <blockquote>{note}</blockquote>
    </div>
  );
}

interface PendingProps {
  readonly pending: NonNullable<Review['pendingResolution']>;
  /** Null for who may not answer. */
  readonly onWithdraw: (() => void) | null;
}

/** An answer that does not count yet. */
export function Pending({ pending, onWithdraw }: PendingProps): ReactNode {
  const { action, note, by } = pending;
  return (
    <div className="panel">
      <p>
        <StateWord tone="wait">{capital(action)}</StateWord> by {by}. It counts in a few seconds, and can be
        taken back until then.
      </p>
      <blockquote>{note}</blockquote>
      {onWithdraw === null ? null : (
        <button type="button" className="button" onClick={onWithdraw}>
          Take it back
        </button>
      )}
    </div>
  );
}
