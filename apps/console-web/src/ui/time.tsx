import type { ReactNode } from 'react';
import { agoText, exactText, momentText } from '../format/time.ts';
import { useSigned } from '../session.tsx';

interface TimeProps {
  /** RFC 3339. */
  readonly at: string | null;
  /** How long ago instead of when. */
  readonly isRelative?: boolean | undefined;
}

/** A moment in the business's zone; the tooltip has it to the second, with zone and distance. */
export function Time({ at, isRelative = false }: TimeProps): ReactNode {
  const { business } = useSigned();
  if (at === null) return <span className="quiet">never</span>;
  const zone = business?.timezone ?? 'UTC';
  const moment = new Date(at);
  return (
    <time dateTime={at} title={`${exactText(moment, zone)} (${agoText(moment)})`}>
      {isRelative ? agoText(moment) : momentText(moment, zone)}
    </time>
  );
}
