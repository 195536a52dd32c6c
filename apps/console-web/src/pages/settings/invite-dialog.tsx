import { type ReactNode, useState } from 'react';
import { api, read } from '../../api/client.ts';
import type { Membership } from '../../api/types.ts';
import { useBusiness } from '../../session.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { RolesField } from './roles-field.tsx';
import { change } from './settings-api.ts';
import { ShownOnce } from './shown-once.tsx';

/** Invites somebody: the answer holds a link to send. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { slug } = useBusiness();
  const [email, setEmail] = useState('');
  const [membership, setMembership] = useState<Membership>({ business: slug, roles: ['viewer'] });
  const [url, setUrl] = useState<string | null>(null);
  const send = async (): Promise<void> => {
    const body = { email, memberships: [membership] };
    const made = await change(
      read<{ url: string }>(api.POST('/invitations', { body })),
      `${email} is invited.`,
    );
    if (made !== null) setUrl(made.url);
  };
  if (url !== null)
    return (
      <ShownOnce title="Send this link" secret={url} onClose={onClose}>
        It works once, for seven days, and makes the account of {email}. It is not shown again.
      </ShownOnce>
    );
  return (
    <Dialog title="Invite somebody" onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label>
          E-mail
          <input type="email" required value={email} onChange={({ target }) => setEmail(target.value)} />
        </label>
        <RolesField membership={membership} onChange={setMembership} />
        <div className="row is-end">
          <button type="submit" className="button is-primary" disabled={membership.roles.length === 0}>
            Make the link
          </button>
        </div>
      </form>
    </Dialog>
  );
}
