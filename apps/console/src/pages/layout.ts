import type { Caller } from '../door/caller.ts';
import { mayEverywhere } from '../door/caller.ts';
import { type Html, html } from './html.ts';

/** A page's frame. `caller`: somebody who is signed in, with the way to everything. */
export function layout(page: {
  readonly title: string;
  readonly body: Html;
  readonly caller?: Caller | null;
  readonly hasScript?: boolean;
}): string {
  const { title, body, caller = null, hasScript = false } = page;
  const main =
    caller === null
      ? html`<main class="narrow">
          <p class="brandline"><span class="mark"></span>ml-connector</p>
          ${body}
        </main>`
      : html`${topOf(caller)}
          <main>${body}</main>`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · ml-connector</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/assets/console.css" />
        ${hasScript ? html`<script src="/assets/passkey.js" defer></script>` : null}
      </head>
      <body>
        ${main}
      </body>
    </html> `.text;
}

function topOf(caller: Caller): Html {
  return html`<header class="top">
    <a class="brand" href="/">ml-connector</a>
    <nav aria-label="Pages">
      <a href="/">Overview</a>
      ${mayEverywhere(caller, 'operator') ? html`<a href="/queues/">Queues</a>` : null}
      ${caller.person === null ? null : html`<a href="/account">My account</a>`}
    </nav>
    ${
      caller.person === null
        ? html`<span class="quiet">${caller.actor}</span>`
        : html`<span class="quiet">${caller.person.name}</span>
            <form method="post" action="/sign-out">
              <input type="hidden" name="csrf" value="${caller.csrf}" /><button>Sign out</button>
            </form>`
    }
  </header>`;
}

/** What went wrong or right, above a form. */
export function notice(text: string | null, kind: 'bad' | 'good' = 'bad'): Html | null {
  if (text === null) return null;
  return kind === 'bad'
    ? html`<p class="notice bad" role="alert">${text}</p>`
    : html`<p class="notice" role="status">${text}</p>`;
}
