import type { IncomingHttpHeaders } from 'node:http';
import { type Debit, type WireBookPayment } from './shapes.ts';

/** A call as a fake sees it. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a fake answers: status and JSON. */
export type Answer = readonly [status: number, json: unknown];

/** What the fakes remember: what was written to them. Everything that is only read follows from its id. */
export class World {
  /** Debits that jobs of the round may ask for: so many customers has each business. */
  customersPerBusiness = 0;
  readonly bookPayments = new Map<string, WireBookPayment[]>();
  readonly debits = new Map<string, Debit>();
  /** `POST freshbooks payments` → how often. */
  readonly calls = new Map<string, number>();

  reset(customersPerBusiness: number): void {
    this.customersPerBusiness = customersPerBusiness;
    this.bookPayments.clear();
    this.debits.clear();
    this.calls.clear();
  }

  count(name: string): void {
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
  }

  paidMinor(invoiceId: string): number {
    return (this.bookPayments.get(invoiceId) ?? []).reduce((sum, { minor }) => sum + minor, 0);
  }
}
