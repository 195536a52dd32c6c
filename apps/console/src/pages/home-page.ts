import type { Database } from '@mlc/platform/postgres/database';
import { listBusinesses } from '@mlc/platform/set-up/businesses';
import { type Caller, mayEverywhere, seesBusiness } from '../door/caller.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';

interface Counted {
  readonly displayName: string;
  readonly slug: string;
  readonly mode: string;
  readonly reviews: number;
  readonly deadLetters: number;
  readonly parked: number;
  readonly pending: number;
  readonly connections: readonly { readonly provider: string; readonly state: string }[];
}

const COUNTS = `SELECT
  (SELECT count(*)::int FROM reviews WHERE state = 'open' AND business_id = $1) AS reviews,
  (SELECT count(*)::int FROM dead_letters WHERE replayed_at IS NULL AND business_id = $1) AS "deadLetters",
  (SELECT count(*)::int FROM inbound_events WHERE state = 'parked' AND business_id = $1) AS parked,
  (SELECT count(*)::int FROM inbound_events WHERE state IN ('stored', 'queued') AND business_id = $1) AS pending`;

/** The way to everything the console has, with what waits for people in each business the caller sees. */
export async function homePage(database: Database, caller: Caller): Promise<string> {
  const businesses = (await listBusinesses(database.prisma)).filter(({ id }) => seesBusiness(caller, id));
  const counted: Counted[] = [];
  for (const { id, displayName, slug, policy } of businesses) {
    const { rows } = await database.pool.query<
      Pick<Counted, 'reviews' | 'deadLetters' | 'parked' | 'pending'>
    >(COUNTS, [id]);
    const connections = await database.prisma.connection.findMany({
      where: { businessId: id },
      select: { provider: true, state: true },
      orderBy: { provider: 'asc' },
    });
    const none = { reviews: 0, deadLetters: 0, parked: 0, pending: 0 };
    counted.push({ displayName, slug, mode: policy.mode, connections, ...none, ...rows[0] });
  }
  return layout({ title: 'Overview', caller, body: bodyOf(caller, counted) });
}

function bodyOf(caller: Caller, counted: readonly Counted[]): Html {
  const hello = caller.person === null ? 'Overview' : `Hello, ${caller.person.name}`;
  const cards = counted.map(businessCard);
  const empty = html`<section class="card">
    <h2>No business yet</h2>
    <p>Bring one in from a file: <code>mlc apply -f business.json</code>.</p>
  </section>`;
  return html`<h1>${hello}</h1>
    <p class="quiet">
      What waits for people now. Questions are answered on the command line (<code>mlc reviews list</code>) or
      over the <a href="/api/v1/openapi.json">API</a>.
    </p>
    <div class="cards">${cards.length === 0 ? empty : cards}</div>
    <section class="card">
      <h2>More</h2>
      <ul>
        ${mayEverywhere(caller, 'operator') ? html`<li><a href="/queues/">Queues</a>: jobs of every flow, as they wait, run and fail</li>` : null}
        <li><a href="/api/v1/session">Who am I</a>: roles, as the API says them</li>
        <li><a href="/problems">Problems</a>: what each refusal of the API means</li>
        <li><a href="/readyz">Ready</a> · <a href="/livez">Live</a> · <a href="/metrics">Metrics</a></li>
      </ul>
    </section>`;
}

function businessCard(business: Counted): Html {
  const { displayName, slug, mode, reviews, deadLetters, parked, pending, connections } = business;
  const query = `?business=${encodeURIComponent(slug)}`;
  return html`<section class="card">
    <h2>${displayName} <span class="badge ${mode === 'live' ? 'live' : ''}">${mode}</span></h2>
    <dl class="counts">
      <dt><a href="/api/v1/reviews${query}&amp;state=open">Open reviews</a></dt>
      ${count(reviews)}
      <dt><a href="/api/v1/dead-letters${query}">Dead letters</a></dt>
      ${count(deadLetters)}
      <dt><a href="/api/v1/events${query}&amp;state=parked">Parked events</a></dt>
      <dd>${parked}</dd>
      <dt><a href="/api/v1/status${query}">Events to run</a></dt>
      <dd>${pending}</dd>
    </dl>
    <p class="quiet">
      ${connections.length === 0 ? 'No provider is connected.' : connections.map(({ provider, state }) => `${provider}: ${state}`).join(' · ')}
    </p>
  </section>`;
}

function count(number: number): Html {
  return html`<dd class="${number > 0 ? 'some' : ''}">${number}</dd>`;
}
