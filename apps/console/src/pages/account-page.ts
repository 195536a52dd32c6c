import type { PasskeyView } from '@mlc/platform/accounts/passkeys';
import { PASSWORD_MIN } from '@mlc/platform/accounts/passwords';
import type { Session } from '@mlc/platform/accounts/sessions';
import type { Caller } from '../door/caller.ts';
import { type Html, html } from './html.ts';
import { layout, notice } from './layout.ts';

/** What the page of one's own account shows. */
export interface AccountPage {
  readonly caller: Caller;
  /** Somebody came from the set-up: the second factor is offered. */
  readonly isWelcome: boolean;
  readonly said: string | null;
  readonly wrong: string | null;
  /** A second factor that was begun and not confirmed. */
  readonly totp: { readonly secret: string; readonly uri: string } | null;
  readonly codesLeft: number;
  readonly passkeys: readonly PasskeyView[];
  readonly sessions: readonly Session[];
  readonly canPasskey: boolean;
}

const moment = (date: Date | null): string =>
  date === null ? 'never' : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** One's own account: second factor, passkeys, password, sessions. */
export function accountPage(page: AccountPage): string {
  const { caller, isWelcome, said, wrong, canPasskey } = page;
  const welcome = isWelcome
    ? 'Your account is ready. Protect it with a second step or a passkey, then go on to the overview.'
    : null;
  return layout({
    title: 'My account',
    caller,
    hasScript: canPasskey,
    body: html`<h1>My account</h1>
      <p class="quiet">${caller.person?.name ?? ''} · ${caller.person?.email ?? ''}</p>
      ${notice(welcome, 'good')}${notice(said, 'good')}${notice(wrong)}
      <div class="cards">
        ${totpCard(page)}${canPasskey ? passkeyCard(page) : null}${passwordCard(caller)}
      </div>
      ${sessionsCard(page)}`,
  });
}

function csrf({ csrf: token }: Caller): Html {
  return html`<input type="hidden" name="csrf" value="${token}" />`;
}

function totpCard({ caller, totp, codesLeft }: AccountPage): Html {
  const isOn = caller.person?.hasTotp === true;
  if (isOn)
    return html`<section class="card">
      <h2>Second step</h2>
      <p>
        On: after the password the console asks your authenticator app. ${codesLeft} recovery codes are left.
      </p>
      <form method="post" action="/account/totp/off">
        ${csrf(caller)}<button class="danger">Switch off</button>
      </form>
    </section>`;
  if (totp === null)
    return html`<section class="card">
      <h2>Second step</h2>
      <p>Off. With it nobody comes in with your password alone.</p>
      <form method="post" action="/account/totp">
        ${csrf(caller)}<button class="primary">Set up an authenticator app</button>
      </form>
    </section>`;
  return html`<section class="card">
    <h2>Second step</h2>
    <p>
      Add this key to your authenticator app (on this phone: <a href="${totp.uri}">open the app</a>), then
      type the code it shows.
    </p>
    <span class="secret">${(totp.secret.match(/.{1,4}/g) ?? []).join(' ')}</span>
    <form method="post" action="/account/totp/confirm">
      ${csrf(caller)}
      <label for="code">Code</label>
      <input
        class="code"
        id="code"
        name="code"
        inputmode="numeric"
        autocomplete="one-time-code"
        required
        maxlength="7"
      />
      <button class="primary">Switch on</button>
    </form>
  </section>`;
}

function passkeyCard({ caller, passkeys }: AccountPage): Html {
  const rows = passkeys.map(
    ({ id, name, lastUsedAt }) =>
      html`<tr>
        <td>${name}</td>
        <td>${moment(lastUsedAt)}</td>
        <td>
          <form method="post" action="/account/passkeys/remove">
            ${csrf(caller)}<input type="hidden" name="id" value="${id}" /><button class="danger">
              Remove
            </button>
          </form>
        </td>
      </tr>`,
  );
  return html`<section class="card">
    <h2>Passkeys</h2>
    <p>Sign in with fingerprint, face or security key; no password and no code needed.</p>
    ${
      rows.length === 0
        ? null
        : html`<div class="scroll">
            <table>
              <thead>
                <tr>
                  <th>Name</th>
                  <th>Last used</th>
                  <th></th>
                </tr>
              </thead>
              <tbody>
                ${rows}
              </tbody>
            </table>
          </div>`
    }
    <p class="notice bad" role="alert" id="passkey-said" hidden></p>
    <div hidden data-needs-passkeys>
      <label for="passkey-name">Name</label>
      <input id="passkey-name" maxlength="60" value="This device" />
      <button data-passkey="add" data-csrf="${caller.csrf}">Add a passkey</button>
    </div>
  </section>`;
}

function passwordCard(caller: Caller): Html {
  return html`<section class="card">
    <h2>Password</h2>
    <form method="post" action="/account/password">
      ${csrf(caller)}
      <label for="password">New password</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete="new-password"
        required
        minlength="${PASSWORD_MIN}"
      />
      <p class="hint">At least ${PASSWORD_MIN} characters. Signs you out everywhere else.</p>
      <button>Change password</button>
    </form>
  </section>`;
}

function sessionsCard({ caller, sessions }: AccountPage): Html {
  const rows = sessions.map(
    ({ id, address, userAgent, lastSeenAt }) =>
      html`<tr>
        <td>${userAgent === '' ? 'unknown browser' : userAgent}</td>
        <td>${address}</td>
        <td>${moment(lastSeenAt)}</td>
        <td>${id === caller.session?.id ? html`<span class="badge live">this one</span>` : null}</td>
      </tr>`,
  );
  return html`<section class="card">
    <h2>Signed in with</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Browser</th>
            <th>Address</th>
            <th>Last seen</th>
            <th></th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    <form class="row" method="post" action="/account/sessions">
      ${csrf(caller)}<button>Sign out everywhere else</button>
    </form>
  </section>`;
}
