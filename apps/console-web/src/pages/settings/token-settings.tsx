import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, read } from '../../api/client.ts';
import type { Membership, Token } from '../../api/types.ts';
import { useBusiness } from '../../session.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Confirm, Dialog } from '../../ui/dialog.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Time } from '../../ui/time.tsx';
import { Memberships, RolesField } from './roles-field.tsx';
import { change, tokensQuery } from './settings-api.ts';
import { ShownOnce } from './shown-once.tsx';

/** Tokens of programs. */
export function TokenSettings(): ReactNode {
  const query = useQuery(tokensQuery);
  const [isMaking, make] = useState(false);
  return (
    <section>
      <div className="section-head">
        <h2>API tokens</h2>
        <button type="button" className="button is-primary" onClick={() => make(true)}>
          Make a token
        </button>
      </div>
      <p className="quiet">For programs, as Bearer. A token never may more than who made it.</p>
      <Loaded query={query}>{({ items }) => <Tokens tokens={items} />}</Loaded>
      {isMaking ? <TokenDialog onClose={() => make(false)} /> : null}
    </section>
  );
}

function Tokens({ tokens }: { readonly tokens: readonly Token[] }): ReactNode {
  const [revoked, revoke] = useState<Token | null>(null);
  if (tokens.length === 0) return <p className="quiet">There is no token.</p>;
  const columns: readonly Column<Token>[] = [
    { name: 'Name', cell: ({ name }) => name },
    { name: 'Roles', cell: ({ memberships }) => <Memberships memberships={memberships} /> },
    { name: 'By', cell: ({ createdBy }) => createdBy },
    { name: 'Last used', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} isRelative /> },
    { name: 'Ends', cell: ({ expiresAt }) => <Time at={expiresAt} isRelative /> },
    {
      name: 'Change',
      cell: (token) => (
        <button type="button" className="button is-small" onClick={() => revoke(token)}>
          Revoke
        </button>
      ),
    },
  ];
  return (
    <>
      <DataTable caption="API tokens" rows={tokens} columns={columns} keyOf={({ id }) => id} />
      {revoked === null ? null : <RevokeDialog token={revoked} onClose={() => revoke(null)} />}
    </>
  );
}

function RevokeDialog({
  token: { id, name },
  onClose,
}: {
  readonly token: Token;
  readonly onClose: () => void;
}) {
  const run = (): void => {
    onClose();
    void change(
      read(api.DELETE('/tokens/{tokenId}', { params: { path: { tokenId: id } } })),
      `${name} is revoked.`,
    );
  };
  return (
    <Confirm title={`Revoke ${name}?`} action="Revoke" isDanger onConfirm={run} onClose={onClose}>
      <p>The program that uses it is refused from now on.</p>
    </Confirm>
  );
}

const DAYS_USUAL = 90;
const DAYS_MAX = 366;

function TokenDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { slug } = useBusiness();
  const [name, setName] = useState('');
  const [days, setDays] = useState(DAYS_USUAL);
  const [membership, setMembership] = useState<Membership>({ business: slug, roles: ['viewer'] });
  const [token, setToken] = useState<string | null>(null);
  const make = async (): Promise<void> => {
    const body = { name, days, memberships: [membership] };
    const made = await change(read<{ token: string }>(api.POST('/tokens', { body })), `${name} is made.`);
    if (made !== null) setToken(made.token);
  };
  if (token !== null)
    return (
      <ShownOnce title={name} secret={token} onClose={onClose}>
        Copy it now: it is not shown again.
      </ShownOnce>
    );
  return (
    <Dialog title="Make a token" onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <label>
          Name
          <input required maxLength={100} value={name} onChange={({ target }) => setName(target.value)} />
        </label>
        <RolesField membership={membership} onChange={setMembership} />
        <label>
          Days it works
          <input
            type="number"
            required
            min={1}
            max={DAYS_MAX}
            value={days}
            onChange={({ target }) => setDays(target.valueAsNumber)}
          />
        </label>
        <div className="row is-end">
          <button type="submit" className="button is-primary" disabled={membership.roles.length === 0}>
            Make it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
