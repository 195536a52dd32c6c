import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type ApiProblem, problemIn } from '../api/problem.ts';
import { en } from '../en.ts';
import { clockText } from '../format/time.ts';
import { useSigned } from '../session.tsx';
import { CopyButton } from './copy-button.tsx';

interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data>;
  /** What the data will take up, so that nothing jumps. */
  readonly shape?: 'list' | 'card' | undefined;
  readonly children: (data: Data) => ReactNode;
}

/** What a page shows while it loads, when it failed, when its data is old, and else. */
export function Loaded<Data>({ query, shape = 'list', children }: LoadedProps<Data>): ReactNode {
  const { data, error, isPending, refetch, dataUpdatedAt } = query;
  if (isPending) return <Skeleton shape={shape} />;
  if (data === undefined) return <Failed error={error} onRetry={() => void refetch()} />;
  return (
    <>
      {error === null ? null : <Stale since={new Date(dataUpdatedAt)} onRetry={() => void refetch()} />}
      {children(data)}
    </>
  );
}

/** Shown after 150 ms (by the stylesheet): what is there at once does not flicker. */
export function Skeleton({ shape }: { readonly shape: 'list' | 'card' }): ReactNode {
  const lines = shape === 'list' ? 8 : 3;
  return (
    <div className="skeletons" role="status" aria-label={en.loading}>
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} className="skeleton" />
      ))}
    </div>
  );
}

const UNKNOWN: ApiProblem = {
  code: 'internal',
  status: 0,
  title: en.failed.title,
  detail: en.failed.detail,
  correlationId: '',
};

/** What went wrong, what to do, and how to ask about it. */
export function Failed({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry?: () => void;
}): ReactNode {
  const { title, detail, correlationId, code } = problemIn(error) ?? UNKNOWN;
  return (
    <div className="notice is-bad" role="alert">
      <h2>{title}</h2>
      <p>
        {detail} {code === 'forbidden' ? en.failed.askAdmin : null}
      </p>
      <div className="row">
        {onRetry === undefined ? null : (
          <button type="button" className="button" onClick={onRetry}>
            {en.retry}
          </button>
        )}
        {correlationId === '' ? null : (
          <span className="quiet">
            {en.failed.correlation} <code>{correlationId.slice(0, 8)}</code>{' '}
            <CopyButton text={correlationId} what={en.failed.correlation} />
          </span>
        )}
      </div>
    </div>
  );
}

function Stale({ since, onRetry }: { readonly since: Date; readonly onRetry: () => void }): ReactNode {
  const { business } = useSigned();
  return (
    <p className="stale" role="status">
      {en.stale(clockText(since, business?.timezone ?? 'UTC'))}{' '}
      <button type="button" className="link" onClick={onRetry}>
        {en.retry}
      </button>
    </p>
  );
}

/** Nothing there, and what that means. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}
