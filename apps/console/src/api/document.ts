import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { z } from './zod.ts';
import { PROBLEMS } from '../http/problem.ts';
import type { Route } from './route.ts';
import * as accounts from './account-schemas.ts';
import * as connections from './connection-schemas.ts';
import * as money from './money-schemas.ts';
import * as months from './month-schemas.ts';
import * as overviews from './overview-schemas.ts';
import * as previews from './preview-schemas.ts';
import * as schemas from './schemas.ts';
import * as views from './view-schemas.ts';

/** Where the API is. */
export const API_PATH = '/api/v1';

const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.enum(Object.keys(PROBLEMS) as [keyof typeof PROBLEMS]),
  correlationId: z.string(),
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
  current: z.unknown().optional(),
});

const NAMED = {
  Review: schemas.review,
  ReviewAnswer: schemas.answer,
  Event: schemas.event,
  EventDetails: schemas.eventDetails,
  DeadLetter: schemas.deadLetter,
  DeadLetterDetails: schemas.deadLetterDetails,
  DeadLetterGroup: schemas.deadLetterGroup,
  Queue: views.queue,
  AuditEntry: schemas.auditEntry,
  Overview: overviews.overview,
  CashFlow: overviews.cashFlow,
  SearchHit: overviews.searchHit,
  Invoice: money.invoice,
  InvoiceDetails: money.invoiceDetails,
  TimelineEntry: money.timelineEntry,
  Collection: money.collection,
  Posting: money.posting,
  Payout: money.payout,
  PayoutItem: money.payoutItem,
  Connection: views.connection,
  ConnectionDetails: connections.connectionDetails,
  ConsentAccount: connections.consentAccount,
  Policy: connections.policy,
  Preview: previews.preview,
  Month: views.month,
  MonthDetails: months.monthDetails,
  Verification: months.verification,
  Status: views.status,
  Membership: schemas.membership,
  Session: accounts.session,
  Person: accounts.person,
  Invitation: accounts.invitation,
  Token: accounts.token,
  Problem: problem,
};

/** The OpenAPI 3.1 document of these routes. */
export function openApiDocument(routes: readonly Route[]) {
  const registry = new OpenAPIRegistry();
  const named = new Map<z.ZodType, z.ZodType>();
  for (const [name, schema] of Object.entries(NAMED)) named.set(schema, registry.register(name, schema));
  registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-mlc',
  });
  registry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  for (const each of routes) registry.registerPath(operation(each, named));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'ml-connector',
      version: '1',
      description: 'docs/console.md. Amounts are integers in minor units, moments RFC 3339 UTC.',
    },
    servers: [{ url: API_PATH }],
    security: [{ session: [] }, { token: [] }],
  });
}

function operation(route: Route, named: ReadonlyMap<z.ZodType, z.ZodType>) {
  const as = (schema: z.ZodType): z.ZodType => named.get(schema) ?? schema;
  const { method, path, id, summary, role, within, params, query, body, needsMatch = false } = route;
  const headers = headersOf(route);
  return {
    method,
    path,
    operationId: id,
    summary,
    'x-role': role,
    'x-within': within,
    ...(needsMatch === false ? {} : { 'x-needs-match': needsMatch }),
    ...(route.isSensitive === true ? { 'x-fresh-sign-in': true } : {}),
    request: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(headers === null ? {} : { headers }),
      ...(body === undefined
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: as(body) } } } }),
    },
    responses: {
      [route.status]:
        route.contents !== undefined
          ? {
              description: 'done',
              content: Object.fromEntries(route.contents.map((type) => [type, { schema: z.string() }])),
            }
          : route.answer === null
            ? { description: 'done' }
            : { description: 'done', content: { 'application/json': { schema: as(route.answer) } } },
      default: {
        description: 'it cannot be done; see /problems',
        content: { 'application/problem+json': { schema: as(problem) } },
      },
    },
  };
}

function headersOf({ method, needsMatch = false }: Route): z.ZodObject | null {
  const shape = {
    ...(method === 'get' ? {} : { 'X-CSRF-Token': z.string().optional().describe('browsers: of /session') }),
    ...(method === 'post' ? { 'Idempotency-Key': z.string().optional() } : {}),
    ...(needsMatch === false ? {} : { 'If-Match': z.string() }),
  };
  return Object.keys(shape).length === 0 ? null : z.object(shape);
}
