import { type ReactNode, useState } from 'react';
import { api, read } from '../../api/client.ts';
import type { Membership, Person } from '../../api/types.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { useBusiness } from '../../session.tsx';
import { RolesField } from './roles-field.tsx';
import { change } from './settings-api.ts';

/** Changes what somebody may. */
export function RolesDialog({
  person,
  onClose,
}: {
  readonly person: Person;
  readonly onClose: () => void;
}): ReactNode {
  const { slug } = useBusiness();
  const [first = { business: slug, roles: [] }] = person.memberships;
  const [membership, setMembership] = useState<Membership>(first);
  const choose = (next: Membership): void => {
    const had = person.memberships.find(({ business }) => business === next.business);
    setMembership(next.business === membership.business ? next : (had ?? { ...next, roles: [] }));
  };
  const save = async (): Promise<void> => {
    const params = { path: { personId: person.id } };
    const body = { memberships: [membership] };
    onClose();
    await change(
      read(api.PATCH('/people/{personId}', { params, body })),
      `The roles of ${person.name} are changed.`,
    );
  };
  return (
    <Dialog title={`Roles of ${person.name}`} onClose={onClose}>
      <div className="stack">
        <RolesField membership={membership} onChange={choose} />
        <p className="hint">Without any role there they are taken out. A change signs them out.</p>
        <div className="row is-end">
          <button type="button" className="button is-primary" onClick={() => void save()}>
            Save
          </button>
        </div>
      </div>
    </Dialog>
  );
}
