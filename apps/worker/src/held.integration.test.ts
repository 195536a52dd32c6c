import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { openPolledBusiness, type PolledBusiness } from '../../../tests/support/polled-business.ts';
import { type Connections, openConnections } from './connectors.ts';

jest.setTimeout(60_000);

let business: PolledBusiness;
let connections: Connections;

beforeAll(async () => {
  business = await openPolledBusiness();
  connections = openConnections(business.runtime);
});

afterAll(async () => {
  await connections.close();
  await business.stop();
});

test('nothing runs over a connection to an account that another business has', async () => {
  const { database } = business.runtime;
  const id = business.connectionIds.freshbooks;
  await database.pool.query(`UPDATE connections SET state = 'held' WHERE id = $1`, [id]);
  await database.pool.query(`
    INSERT INTO businesses (id, slug, display_name, timezone, notify_emails, policy)
      VALUES ('first', 'first', '', 'UTC', '{}', '{}');
    INSERT INTO connections (id, business_id, provider, environment, settings)
      SELECT 'first', 'first', provider, environment, settings FROM connections WHERE state = 'held'`);
  const { books, debits } = await connections.of(business.businessId);
  await expect(books.getInvoice('1')).rejects.toMatchObject({
    kind: 'unauthorised',
    reason: 'account_held',
    connectionId: id,
    message: expect.stringMatching(/belongs to business first; business acme connected it too and is held/),
  });
  expect(await debits.getMandate('MD404')).toBeNull();
  expect((await connections.accessTo(business.businessId)).freshbooks).toBeNull();
  expect(Object.keys(await business.poll())).toEqual(['gocardless']);
});
