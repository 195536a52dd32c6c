import { type ReactNode, useState } from 'react';
import type { TimelineEntry } from '../../api/types.ts';
import { counted } from '../../en.ts';
import { PAGES } from '../../routes.ts';
import { To } from '../../ui/link.tsx';
import { Raw } from '../../ui/raw.tsx';
import { Time } from '../../ui/time.tsx';

/** So many of the newest are always seen; with the first they tell where it stands and where it came from. */
const NEWEST = 6;

/** Everything that happened, newest first, its middle folded. */
export function Timeline({ entries }: { readonly entries: readonly TimelineEntry[] }): ReactNode {
  const [isOpen, open] = useState(false);
  const isFolded = !isOpen && entries.length > NEWEST + 2;
  const top = isFolded ? entries.slice(0, NEWEST) : entries;
  const last = isFolded ? entries.at(-1) : undefined;
  if (entries.length === 0) return <p className="quiet">Nothing happened to it yet.</p>;
  return (
    <ol className="timeline">
      {top.map((entry, index) => (
        <Line key={`${entry.at} ${String(index)}`} entry={entry} />
      ))}
      {last === undefined ? null : (
        <>
          <li className="is-fold">
            <button type="button" className="link" onClick={() => open(true)}>
              {counted(entries.length - NEWEST - 1, 'more entry', 'more entries')}
            </button>
          </li>
          <Line entry={last} />
        </>
      )}
    </ol>
  );
}

function Line({ entry }: { readonly entry: TimelineEntry }): ReactNode {
  const { at, sentence, actor, why, correlationId, details } = entry;
  return (
    <li>
      <p className="timeline-head">
        <span>{sentence}</span> <Time at={at} />
      </p>
      {why.map((reason) => (
        <p key={reason} className="quiet">
          {reason}
        </p>
      ))}
      <details>
        <summary>
          by {actor}
          <span className="only-read">: {sentence}</span>
        </summary>
        {correlationId === null ? null : (
          <p>
            <To to={PAGES.audit.path} search={{ correlationId: [correlationId] }}>
              The whole story in the audit log
            </To>
          </p>
        )}
        <Raw value={details} />
      </details>
    </li>
  );
}
