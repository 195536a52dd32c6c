import type { Books } from './books.ts';
import type { Wire } from './resource.ts';

/** What users/me tells about a login, with the traps of freshbooks.md 1.8 when `decoys` is set. */
export function meWire(identityId: number, owned: readonly Books[], decoys: boolean): Wire {
  const businesses = owned.map(({ business }) => business);
  return {
    id: identityId,
    identity_id: identityId,
    identity_uuid: `00000000-0000-4000-8000-${String(identityId).padStart(12, '0')}`,
    first_name: 'Sandbox',
    last_name: 'Owner',
    email: 'owner@sandbox.example',
    language: 'en',
    confirmed_at: '2017-05-23T05:57:24Z',
    created_at: '2017-05-23T05:42:42Z',
    setup_complete: true,
    profile: {
      setup_complete: true,
      first_name: 'Sandbox',
      last_name: 'Owner',
      phone_number: null,
      address: null,
    },
    phone_numbers: [{ title: '', phone_number: null }],
    addresses: [null],
    profession: { id: 1, title: 'Bookkeeper', company: 'Sandbox', designation: null, business_id: null },
    links: {
      me: `/service/auth/api/v1/users?id=${identityId}`,
      roles: `/service/auth/api/v1/users/role/${identityId}`,
    },
    permissions: Object.fromEntries(businesses.map(({ accountId }) => [accountId, {}])),
    groups: businesses.map(({ businessId, role }) => groupWire(identityId, businessId, role)),
    subscription_statuses: Object.fromEntries(businesses.map(({ accountId }) => [accountId, 'active'])),
    integrations: {},
    business_memberships: [...(decoys ? [decoyMembership()] : []), ...businesses.map(membershipWire)],
    identity_origin: null,
    roles: [
      ...(decoys ? [roleWire(61_269, 'client', 'XYZ321')] : []),
      ...businesses.map(({ accountId, role }) =>
        roleWire(61_270, role === 'owner' ? 'admin' : role, accountId),
      ),
    ],
  };
}

function groupWire(identityId: number, businessId: number, role: string): Wire {
  return { id: 12_345, group_id: 7654, role, identity_id: identityId, business_id: businessId, active: true };
}

/** The membership's own id is not the business's. */
function membershipWire({ businessId, businessUuid, accountId, name, role }: Books['business']): Wire {
  return {
    id: businessId + 100_000,
    role,
    unacknowledged_change: false,
    business: {
      id: businessId,
      business_uuid: businessUuid,
      name,
      account_id: accountId,
      date_format: 'dd/mm/yyyy',
      address: {
        id: 1,
        street: '1 Sandbox Road',
        city: 'Toronto',
        province: 'ON',
        country: 'CA',
        postal_code: 'M5T 2B3',
      },
      phone_number: { id: 1, phone_number: '416 555 0100' },
      business_clients: [],
    },
  };
}

/** A business without books of its own. */
function decoyMembership(): Wire {
  return {
    id: 140_129,
    role: 'owner',
    unacknowledged_change: false,
    business: {
      id: 438_000,
      business_uuid: '5f2b9a3e-7c44-4d0b-9f57-0d6f7f3b1a10',
      name: 'Old Side Business',
      account_id: null,
      date_format: 'dd/mm/yyyy',
      address: null,
      phone_number: null,
      business_clients: [
        {
          id: 5432,
          business_id: 6543,
          account_id: 'XYZ321',
          userid: 65_342,
          client_business: { business_id: 438_000 },
          account_business: { account_business_id: 7933, account_id: 'XYZ321' },
        },
      ],
    },
  };
}

function roleWire(id: number, role: string, accountid: string): Wire {
  return {
    id,
    role,
    systemid: 654_654,
    userid: 1,
    created_at: '2018-08-15T17:57:02Z',
    links: { destroy: `/service/auth/api/v1/users/role/${id}` },
    accountid,
  };
}
