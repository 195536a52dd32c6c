import type { Caller } from '../door/caller.ts';
import { html } from './html.ts';
import { layout } from './layout.ts';

/** The recovery codes, shown once. */
export function recoveryPage(caller: Caller, codes: readonly string[]): string {
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`ml-connector recovery codes\n${codes.join('\n')}\n`)}`;
  return layout({
    title: 'Recovery codes',
    caller,
    body: html`<h1>Keep these recovery codes</h1>
      <section class="card">
        <p>
          The second step is on. Each of these codes replaces the app once, should you lose it. They are not
          shown again.
        </p>
        <ul class="codes">
          ${codes.map((code) => html`<li>${code}</li>`)}
        </ul>
        <p class="row">
          <a class="button" download="ml-connector-recovery-codes.txt" href="${file}">Download</a>
          <a class="button" href="/">Go on</a>
        </p>
      </section>`,
  });
}
