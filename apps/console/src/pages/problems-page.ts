import type { Caller } from '../door/caller.ts';
import { PROBLEMS } from '../http/problem.ts';
import { html } from './html.ts';
import { layout } from './layout.ts';

/** What each `type` of a problem leads to. */
export function problemsPage(caller: Caller): string {
  const rows = Object.entries(PROBLEMS).map(
    ([code, { status, title, todo }]) =>
      html`<tr id="${code}">
        <td>${status}</td>
        <td><code>${code}</code></td>
        <td>${title}</td>
        <td>${todo}</td>
      </tr>`,
  );
  return layout({
    title: 'Problems',
    caller,
    body: html`<h1>Problems</h1>
      <p class="quiet">How the API refuses a request, and what to do.</p>
      <section class="card scroll">
        <table>
          <thead>
            <tr>
              <th>Status</th>
              <th>Code</th>
              <th>Means</th>
              <th>What to do</th>
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </section>`,
  });
}
