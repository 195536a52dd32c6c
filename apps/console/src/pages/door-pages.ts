import { PASSWORD_MIN } from '@mlc/platform/accounts/passwords';
import { html } from './html.ts';
import { layout, notice } from './layout.ts';

/** The sign-in form. `canPasskey`: browsers make passkeys for this address. */
export function signInPage(page: {
  readonly to: string;
  readonly email?: string;
  readonly said?: string | null;
  readonly canPasskey: boolean;
}): string {
  const { to, email = '', said = null, canPasskey } = page;
  const passkey = html`<div hidden data-needs-passkeys>
    <p class="or">or</p>
    <p class="notice bad" role="alert" id="passkey-said" hidden></p>
    <button class="wide" data-passkey="sign-in" data-to="${to}">Use a passkey</button>
  </div>`;
  return layout({
    title: 'Sign in',
    hasScript: canPasskey,
    body: html`<div class="card">
        <h1>Sign in</h1>
        ${notice(said)}
        <form method="post" action="/sign-in">
          <input type="hidden" name="to" value="${to}" />
          <label for="email">E-mail</label>
          <input id="email" name="email" type="email" autocomplete="username" required value="${email}" />
          <label for="password">Password</label>
          <input id="password" name="password" type="password" autocomplete="current-password" required />
          <button class="primary wide">Sign in</button>
        </form>
        ${canPasskey ? passkey : null}
      </div>
      <p class="quiet">
        No account, or locked out? An admin can invite you. Who runs the deployment gets a link from
        <code>mlc console setup-link</code>.
      </p>`,
  });
}

/** The second step, after the password. */
export function codePage({
  to,
  said = null,
}: {
  readonly to: string;
  readonly said?: string | null;
}): string {
  return layout({
    title: 'Second step',
    body: html`<div class="card">
        <h1>Second step</h1>
        <p class="quiet">The six digits of your authenticator app, or one of your recovery codes.</p>
        ${notice(said)}
        <form method="post" action="/sign-in/code">
          <input type="hidden" name="to" value="${to}" />
          <label for="code">Code</label>
          <input
            class="code"
            id="code"
            name="code"
            autocomplete="one-time-code"
            required
            autofocus
            maxlength="20"
          />
          <button class="primary wide">Go on</button>
        </form>
      </div>
      <p class="quiet"><a href="/sign-in">Start again</a></p>`,
  });
}

/** The one button of a link that signs somebody in: looking at a link must not use it up. */
export function linkPage({ token }: { readonly token: string }): string {
  return layout({
    title: 'Come in',
    body: html`<div class="card">
      <h1>Come in</h1>
      <p>This link signs you in, once.</p>
      <form method="post" action="/sign-in/link">
        <input type="hidden" name="token" value="${token}" />
        <button class="primary wide" autofocus>Open the console</button>
      </form>
    </div>`,
  });
}

/** The form of a first account, or of an invitation (whose e-mail is settled). */
export function newAccountPage(page: {
  readonly action: '/setup' | '/invitation';
  readonly token: string;
  readonly title: string;
  readonly lead: string;
  readonly name?: string;
  readonly email: string;
  readonly isEmailSettled: boolean;
  readonly said?: string | null;
}): string {
  const { action, token, title, lead, name = '', email, isEmailSettled, said = null } = page;
  const address = isEmailSettled
    ? html`<input id="email" type="email" value="${email}" disabled />`
    : html`<input
        id="email"
        name="email"
        type="email"
        autocomplete="username"
        required
        maxlength="200"
        value="${email}"
      />`;
  return layout({
    title,
    body: html`<div class="card">
      <h1>${title}</h1>
      <p class="quiet">${lead}</p>
      ${notice(said)}
      <form method="post" action="${action}">
        <input type="hidden" name="token" value="${token}" />
        <label for="name">Your name</label>
        <input id="name" name="name" autocomplete="name" required maxlength="100" value="${name}" />
        <label for="email">E-mail</label>
        ${address}
        <label for="password">Password</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="new-password"
          required
          minlength="${PASSWORD_MIN}"
          aria-describedby="password-hint"
        />
        <p class="hint" id="password-hint">
          At least ${PASSWORD_MIN} characters; a few words you will remember are best.
        </p>
        <button class="primary wide">Make my account</button>
      </form>
    </div>`,
  });
}

/** Something that does not go on, with what to do. */
export function messagePage(page: {
  readonly title: string;
  readonly text: string;
  readonly todo?: string;
  readonly signIn?: boolean;
}): string {
  const { title, text, todo = '', signIn = true } = page;
  return layout({
    title,
    body: html`<div class="card">
      <h1>${title}</h1>
      <p>${text}</p>
      ${todo === '' ? null : html`<p class="quiet">${todo}</p>`}
      ${signIn ? html`<a class="button" href="/sign-in">Sign in</a>` : null}
    </div>`,
  });
}
