import type { ReactNode } from 'react';
import type { Membership, Role } from '../../api/types.ts';
import { mayEverywhere, useSigned } from '../../session.tsx';

const ROLE_WORDS = {
  viewer: 'reads',
  finance: 'decides about money',
  operator: 'replays and pings',
  admin: 'everything, people too',
} as const satisfies Record<Role, string>;

const ROLES = Object.keys(ROLE_WORDS) as Role[];

/** All businesses, those to come included. */
const EVERYWHERE = '*';

interface RolesFieldProps {
  readonly membership: Membership;
  readonly onChange: (membership: Membership) => void;
}

/** Where somebody is to have which roles. */
export function RolesField({ membership, onChange }: RolesFieldProps): ReactNode {
  const { session, businesses } = useSigned();
  const places = businesses
    .filter(({ may }) => may('admin'))
    .map(({ slug, displayName }) => [slug, displayName]);
  const all = mayEverywhere(session, 'admin') ? [[EVERYWHERE, 'Every business']] : [];
  const toggle = (role: Role): void => {
    const roles = membership.roles.includes(role)
      ? membership.roles.filter((each) => each !== role)
      : [...membership.roles, role];
    onChange({ ...membership, roles });
  };
  return (
    <>
      <label>
        In
        <select
          value={membership.business}
          onChange={({ target }) => onChange({ ...membership, business: target.value })}
        >
          {[...places, ...all].map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <fieldset className="roles">
        <legend>Roles</legend>
        {ROLES.map((role) => (
          <label key={role} className="tick-line">
            <input type="checkbox" checked={membership.roles.includes(role)} onChange={() => toggle(role)} />
            <span>
              {role} <span className="quiet">{ROLE_WORDS[role]}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </>
  );
}

/** Roles by business, in one line each. */
export function Memberships({ memberships }: { readonly memberships: readonly Membership[] }): ReactNode {
  const { businesses } = useSigned();
  const nameOf = (slug: string): string =>
    slug === EVERYWHERE
      ? 'every business'
      : (businesses.find((each) => each.slug === slug)?.displayName ?? slug);
  return (
    <ul className="plain">
      {memberships.map(({ business, roles }) => (
        <li key={business}>
          {roles.join(', ')} <span className="quiet">in {nameOf(business)}</span>
        </li>
      ))}
    </ul>
  );
}
