import type { ReactNode } from 'react';

/** A value as it is, for people who look closely. */
export function Raw({
  value,
  none = 'nothing',
}: {
  readonly value: unknown;
  readonly none?: string;
}): ReactNode {
  if (value === null || value === undefined) return <p className="quiet">{none}</p>;
  return (
    <pre className="raw" tabIndex={0} role="region" aria-label="As it is">
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}
