import type { ReactNode } from 'react';
import type { Overview } from '../../api/types.ts';
import { providerName } from '../../en.ts';
import { PAGES } from '../../routes.ts';
import { To } from '../../ui/link.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { Time } from '../../ui/time.tsx';

/** Whether each provider answers and tells us everything. */
export function Health({ health }: { readonly health: Overview['health'] }): ReactNode {
  return (
    <section className="panel">
      <div className="section-head">
        <h2>Health</h2>
        <To to={PAGES.connections.path}>Connections</To>
      </div>
      <ul className="plain health">
        {health.map(({ id, provider, trouble, lastPollAt }) => (
          <li key={id}>
            <StateWord tone={trouble === null ? 'good' : 'bad'}>{providerName(provider)}</StateWord>{' '}
            <span className="quiet">
              {trouble ?? (
                <>
                  looked at <Time at={lastPollAt} isRelative />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
