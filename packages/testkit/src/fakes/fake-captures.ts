import type {
  Capture,
  Captures,
  Dispute,
  ListedDispute,
  Money,
  PaypalPayments,
  PaypalRefund,
  PaypalTransaction,
  PaypalWebhookEvent,
} from '@mlc/core';
import { Faults } from './scripted.ts';

/** PayPal as flows see it, in memory. */
export class FakeCaptures implements Captures {
  readonly merchantId = 'MERCHANT';
  readonly faults = new Faults();
  readonly captures = new Map<string, Capture>();
  readonly emails = new Map<string, string>();
  readonly refunds = new Map<string, PaypalRefund>();
  readonly disputes = new Map<string, Dispute>();
  /** Orders that are authorised and not captured, invoices paid outside PayPal. */
  readonly otherwise = new Set<string>();
  /** Rows of Transaction Search. */
  readonly transactions: PaypalTransaction[] = [];
  /** The date its windows go by; PayPal does not promise which (paypal.md appendix C). */
  searchesBy: 'initiatedAt' | 'updatedAt' = 'initiatedAt';
  /** By the moment they are asked for; '' is the newest. */
  readonly balances = new Map<string, readonly Money[]>();

  /** A payer pays. */
  addCapture(id: string, payerEmail: string | null, facts: Partial<Capture> = {}): void {
    this.captures.set(id, {
      id,
      status: 'completed',
      amount: { minor: 10_000n, currency: 'GBP' },
      fee: { minor: 320n, currency: 'GBP' },
      merchantId: this.merchantId,
      references: [],
      orderId: `ORDER-${id}`,
      subscriptionId: null,
      createdAt: '2026-11-04T10:00:00Z',
      ...facts,
    });
    if (payerEmail !== null) this.emails.set(id, payerEmail);
  }

  getCapture(captureId: string): Promise<Capture | null> {
    return this.faults.around('getCapture', () => this.captures.get(captureId) ?? null);
  }

  payerEmail(capture: Capture): Promise<string | null> {
    return this.faults.around('payerEmail', () => capture.payerEmail ?? this.emails.get(capture.id) ?? null);
  }

  paymentsOfOrder(orderId: string): Promise<PaypalPayments | null> {
    return this.faults.around('paymentsOfOrder', () => {
      const ids = [...this.captures.values()]
        .filter((capture) => capture.orderId === orderId)
        .map((capture) => capture.id);
      return this.otherwise.has(orderId) || ids.length > 0
        ? { ids, otherwise: this.otherwise.has(orderId) }
        : null;
    });
  }

  paymentsOfInvoice(paypalInvoiceId: string): Promise<PaypalPayments | null> {
    return this.faults.around('paymentsOfInvoice', () => {
      const ids = [...this.captures.keys()].filter((id) => paypalInvoiceId === `INV2-${id}`);
      return this.otherwise.has(paypalInvoiceId) || ids.length > 0
        ? { ids, otherwise: this.otherwise.has(paypalInvoiceId) }
        : null;
    });
  }

  getRefund(refundId: string): Promise<PaypalRefund | null> {
    return this.faults.around('getRefund', () => this.refunds.get(refundId) ?? null);
  }

  getDispute(disputeId: string): Promise<Dispute | null> {
    return this.faults.around('getDispute', () => this.disputes.get(disputeId) ?? null);
  }

  async *searchTransactions(from: string, to: string): AsyncIterable<PaypalTransaction> {
    const isWithin = (row: PaypalTransaction): boolean => {
      const atMs = Date.parse(row[this.searchesBy]);
      return atMs >= Date.parse(from) && atMs <= Date.parse(to);
    };
    yield* await this.faults.around('searchTransactions', () => this.transactions.filter(isWithin));
  }

  async *pendingTransactions(from: string, to: string): AsyncIterable<PaypalTransaction> {
    for await (const row of this.searchTransactions(from, to)) if (row.status === 'P') yield row;
  }

  transactionsOf(id: string, since: string): Promise<readonly PaypalTransaction[]> {
    const isListed = (row: PaypalTransaction): boolean =>
      row.id === id && Date.parse(row[this.searchesBy]) >= Date.parse(since);
    return this.faults.around('transactionsOf', () => this.transactions.filter(isListed));
  }

  balancesAt(moment: string | null, _servedAt?: (moment: string) => void): Promise<readonly Money[]> {
    return this.faults.around('balancesAt', () => this.balances.get(moment ?? '') ?? []);
  }

  async *listDisputes(): AsyncIterable<ListedDispute> {
    yield* await Promise.resolve(
      [...this.disputes.keys()].map((id) => ({ id, updatedAt: null, json: '{}' })),
    );
  }

  async *listWebhookEvents(): AsyncIterable<PaypalWebhookEvent> {
    yield* await Promise.resolve([]);
  }
}
