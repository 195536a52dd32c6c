import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freshbooks } from './freshbooks.ts';
import { gocardless } from './gocardless.ts';
import { paypal } from './paypal.ts';
import { type Answer, type Call, World } from './world.ts';

/** What the bench asks of the providers' process, and what that answers. */
export type FakesOrder =
  | { readonly ask: 'reset'; readonly customersPerBusiness: number }
  | { readonly ask: 'confirm' }
  | { readonly ask: 'calls' };

/** A debit as the bench needs it to write its event. */
export interface MadeDebit {
  readonly id: string;
  readonly mandateId: string;
}

/** `booked`: payments in the books by invoice, how many of them more than one. */
export interface FakesAnswer {
  readonly debits: readonly MadeDebit[];
  readonly calls: Readonly<Record<string, number>>;
  readonly booked: number;
  readonly bookedTwice: number;
}

const world = new World();

function answered(
  answer: (world: World, call: Call) => Answer,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text: string) => (body += text));
  request.on('end', () => {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    const { method = '', headers } = request;
    const [status, json] = answer(world, { method, path, query: new URLSearchParams(query), headers, body });
    const text = JSON.stringify(json);
    response
      .writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) })
      .end(text);
  });
}

async function listen(answer: (world: World, call: Call) => Answer): Promise<number> {
  const server = createServer((request, response) => answered(answer, request, response));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function obey(order: FakesOrder): FakesAnswer {
  if (order.ask === 'reset') world.reset(order.customersPerBusiness);
  if (order.ask === 'confirm') for (const debit of world.debits.values()) debit.status = 'confirmed';
  const booked = [...world.bookPayments.values()];
  return {
    debits:
      order.ask === 'confirm'
        ? [...world.debits.values()].map(({ id, links }) => ({ id, mandateId: links.mandate }))
        : [],
    calls: Object.fromEntries(world.calls),
    booked: booked.length,
    bookedTwice: booked.filter((list) => list.length > 1).length,
  };
}

process.once('disconnect', () => process.exit(0));
const ports = [await listen(freshbooks), await listen(gocardless), await listen(paypal)];
process.on('message', (order: FakesOrder) => process.send?.(obey(order)));
process.send?.({ ports });
