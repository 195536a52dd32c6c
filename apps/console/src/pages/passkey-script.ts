/** The one script of the server's pages: the browser's passkeys, offered only where there are any. */
export const PASSKEY_SCRIPT = `
'use strict';
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=+$/, '');
const ids = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

async function post(path, body, csrf) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(csrf ? { 'X-CSRF-Token': csrf } : {}) },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? 'It did not work: try again.');
  return answer;
}

async function signIn(button) {
  const options = await post('/sign-in/passkey/options', {});
  const credential = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: ids(options.allowCredentials) },
  });
  const { response } = credential;
  const { to } = await post('/sign-in/passkey', {
    to: button.dataset.to,
    response: {
      id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {},
      response: {
        clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData),
        signature: text(response.signature), userHandle: response.userHandle ? text(response.userHandle) : undefined,
      },
    },
  });
  location.assign(to);
}

async function add(button) {
  const { csrf } = button.dataset;
  const options = await post('/account/passkeys/options', {}, csrf);
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: ids(options.excludeCredentials),
    },
  });
  const { response } = credential;
  await post('/account/passkeys', {
    name: document.getElementById('passkey-name').value,
    response: {
      id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {},
      response: {
        clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject),
        transports: response.getTransports ? response.getTransports() : [],
      },
    },
  }, csrf);
  location.reload();
}

if (window.PublicKeyCredential) {
  for (const box of document.querySelectorAll('[data-needs-passkeys]')) box.hidden = false;
  for (const button of document.querySelectorAll('button[data-passkey]')) {
    button.addEventListener('click', async () => {
      const said = document.getElementById('passkey-said');
      said.hidden = true;
      try {
        await (button.dataset.passkey === 'add' ? add(button) : signIn(button));
      } catch (error) {
        said.textContent = error.name === 'NotAllowedError' ? 'No passkey was chosen.' : error.message;
        said.hidden = false;
      }
    });
  }
}
`.trimStart();
