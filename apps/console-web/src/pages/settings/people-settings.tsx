import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, read } from '../../api/client.ts';
import type { Invitation, Person } from '../../api/types.ts';
import { useSigned } from '../../session.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Menu } from '../../ui/menu.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { Time } from '../../ui/time.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { Memberships } from './roles-field.tsx';
import { RolesDialog } from './roles-dialog.tsx';
import { change, invitationsQuery, peopleQuery } from './settings-api.ts';

/** Who is in, who is invited. */
export function PeopleSettings(): ReactNode {
  const people = useQuery(peopleQuery);
  const invitations = useQuery(invitationsQuery);
  const [isInviting, invite] = useState(false);
  return (
    <>
      <section>
        <div className="section-head">
          <h2>People</h2>
          <button type="button" className="button is-primary" onClick={() => invite(true)}>
            Invite somebody
          </button>
        </div>
        <Loaded query={people}>{({ items }) => <People people={items} />}</Loaded>
      </section>
      <section>
        <h2>Invited</h2>
        <Loaded query={invitations}>{({ items }) => <Invitations invitations={items} />}</Loaded>
      </section>
      {isInviting ? <InviteDialog onClose={() => invite(false)} /> : null}
    </>
  );
}

type Asking = { readonly person: Person; readonly what: 'roles' | 'sessions' | 'remove' } | null;

function People({ people }: { readonly people: readonly Person[] }): ReactNode {
  const { session } = useSigned();
  const [asking, ask] = useState<Asking>(null);
  const columns: readonly Column<Person>[] = [
    {
      name: 'Name',
      cell: ({ name, email, id }) => (
        <>
          {name}
          {id === session.person?.id ? <span className="quiet"> (you)</span> : null}
          <br />
          <span className="quiet">{email}</span>
        </>
      ),
    },
    { name: 'Roles', cell: ({ memberships }) => <Memberships memberships={memberships} /> },
    {
      name: 'Second step',
      cell: ({ hasTotp }) =>
        hasTotp ? <StateWord tone="good">on</StateWord> : <span className="quiet">off</span>,
    },
    { name: 'Last seen', cell: ({ lastSeenAt }) => <Time at={lastSeenAt} isRelative /> },
    { name: 'Change', cell: (person) => <PersonActions person={person} onAsk={ask} /> },
  ];
  return (
    <>
      <DataTable caption="People" rows={people} columns={columns} keyOf={({ id }) => id} />
      <Asked asking={asking} onClose={() => ask(null)} />
    </>
  );
}

function PersonActions({
  person,
  onAsk,
}: {
  readonly person: Person;
  readonly onAsk: (asking: Asking) => void;
}) {
  const lines = [
    { id: 'roles', text: 'Change roles', onChoose: () => onAsk({ person, what: 'roles' }) },
    { id: 'sessions', text: 'Sign out everywhere', onChoose: () => onAsk({ person, what: 'sessions' }) },
    { id: 'remove', text: 'Remove', onChoose: () => onAsk({ person, what: 'remove' }) },
  ];
  return <Menu label={`Change ${person.name}`} icon="settings" isIconOnly lines={lines} />;
}

function Asked({ asking, onClose }: { readonly asking: Asking; readonly onClose: () => void }): ReactNode {
  if (asking === null) return null;
  const { person, what } = asking;
  const params = { path: { personId: person.id } };
  if (what === 'roles') return <RolesDialog person={person} onClose={onClose} />;
  const isRemoval = what === 'remove';
  const run = async (): Promise<void> => {
    onClose();
    if (isRemoval)
      await change(read(api.DELETE('/people/{personId}', { params })), `${person.name} is removed.`);
    else
      await change(
        read(api.DELETE('/people/{personId}/sessions', { params })),
        `${person.name} is signed out everywhere.`,
      );
  };
  return (
    <Confirm
      title={isRemoval ? `Remove ${person.name}?` : `Sign ${person.name} out?`}
      action={isRemoval ? 'Remove' : 'Sign out'}
      isDanger={isRemoval}
      onConfirm={() => void run()}
      onClose={onClose}
    >
      <p>
        {isRemoval
          ? `${person.email} loses every role and is signed out. What they did stays in the audit log.`
          : `Every browser of ${person.email} has to sign in again.`}
      </p>
    </Confirm>
  );
}

function Invitations({ invitations }: { readonly invitations: readonly Invitation[] }): ReactNode {
  if (invitations.length === 0) return <p className="quiet">Nobody is invited at the moment.</p>;
  const withdraw = (invitation: Invitation): void => {
    const params = { path: { invitationId: invitation.id } };
    void change(
      read(api.DELETE('/invitations/{invitationId}', { params })),
      `The invitation of ${invitation.email} is withdrawn.`,
    );
  };
  const columns: readonly Column<Invitation>[] = [
    { name: 'E-mail', cell: ({ email }) => email },
    { name: 'Roles', cell: ({ memberships }) => <Memberships memberships={memberships} /> },
    { name: 'By', cell: ({ invitedBy }) => invitedBy },
    { name: 'Ends', cell: ({ expiresAt }) => <Time at={expiresAt} isRelative /> },
    {
      name: 'Change',
      cell: (invitation) => (
        <button type="button" className="button is-small" onClick={() => withdraw(invitation)}>
          Withdraw
        </button>
      ),
    },
  ];
  return <DataTable caption="Invitations" rows={invitations} columns={columns} keyOf={({ id }) => id} />;
}
