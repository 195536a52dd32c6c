import { debitJobsOf } from '../seeds.ts';
import { customerOf, debitOf, mandateOf } from './shapes.ts';
import type { Answer, Call, World } from './world.ts';

function list(name: string, rows: readonly unknown[]): Answer {
  return [200, { [name]: rows, meta: { cursors: { before: null, after: null }, limit: 500 } }];
}

function created(world: World, body: string): Answer {
  const { payments: asked } = JSON.parse(body) as { payments: Record<string, unknown> };
  const debit = debitOf(`PM${String(world.debits.size + 1).padStart(8, '0')}`, asked);
  world.debits.set(debit.id, debit);
  return [201, { payments: debit }];
}

/** The connection's token names its business. */
function businessOf({ headers }: Call): number {
  return Number(/gc-(\d+)$/.exec(headers.authorization ?? '')?.[1] ?? 0);
}

function listOf(world: World, call: Call, kind: string): Answer {
  const { query } = call;
  const all = debitJobsOf(businessOf(call), world.customersPerBusiness).map(String);
  const customer = query.get('customer')?.slice(2);
  if (kind === 'customers') return list(kind, all.map(customerOf));
  if (kind === 'mandates') return list(kind, (customer === undefined ? all : [customer]).map(mandateOf));
  if (kind !== 'payments') return list(kind, []);
  const mandate = query.get('mandate') ?? (customer === undefined ? '' : `MD${customer}`);
  return list(
    kind,
    [...world.debits.values()].filter(({ links }) => links.mandate === mandate),
  );
}

/** The API as far as the three flows ask it. */
export function gocardless(world: World, call: Call): Answer {
  const [, kind = '', id] = call.path.split('/');
  world.count(`${call.method} gocardless ${kind}${id === undefined ? '' : '/:id'}`);
  if (call.method === 'POST' && kind === 'payments' && id === undefined) return created(world, call.body);
  if (id === undefined) return listOf(world, call, kind);
  if (kind === 'customers') return [200, { customers: customerOf(id.slice(2)) }];
  if (kind === 'mandates') return [200, { mandates: mandateOf(id.slice(2)) }];
  const debit = kind === 'payments' ? world.debits.get(id) : undefined;
  if (debit !== undefined) return [200, { payments: debit }];
  return [
    404,
    {
      error: {
        code: 404,
        type: 'invalid_api_usage',
        message: 'Resource not found',
        errors: [{ reason: 'resource_not_found' }],
      },
    },
  ];
}
