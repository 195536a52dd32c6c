import {
  ConnectorError,
  type Creditor,
  type Debit,
  type DebitCustomer,
  type Debits,
  type DebitStatus,
  type DebitStep,
  type DebitSubscription,
  type Mandate,
  type MandateRequest,
  type NewDebit,
  type NewMandateRequest,
} from '@mlc/core';
import { Faults } from './scripted.ts';

/** GoCardless as flows see it, in memory: keys conflict, only `pending_submission` can be cancelled. */
export class FakeDebits implements Debits {
  readonly faults = new Faults();
  readonly customers = new Map<string, DebitCustomer>();
  readonly mandates = new Map<string, Mandate>();
  readonly debits = new Map<string, Debit>();
  readonly subscriptions: DebitSubscription[] = [];
  readonly requests = new Map<string, { customerId: string | null; mandateId: string | null }>();
  /** Every request for a mandate, oldest first. */
  readonly asked: NewMandateRequest[] = [];
  readonly retrying = new Set<string>();
  /** As chosen in the business file. */
  creditorId: string | null = null;
  creditors: readonly Creditor[] = [{ id: 'CR1', name: 'Acme' }];
  /** What happened to debits, oldest first; put in by the test. */
  readonly steps: DebitStep[] = [];
  readonly #keys = new Map<string, string>();
  /** Largest amount the scheme allows; refused above it. */
  maximumMinor = 500_000n;

  addCustomer(id: string, email: string | null, metadata: Record<string, string> = {}): void {
    this.customers.set(id, {
      id,
      email,
      name: `Payer ${id}`,
      metadata,
      createdAt: '2026-01-01T00:00:00.000Z',
    });
  }

  addMandate(id: string, customerId: string, facts: Partial<Mandate> = {}): void {
    this.mandates.set(id, {
      id,
      status: 'active',
      scheme: 'bacs',
      currency: 'GBP',
      customerId,
      nextPossibleChargeDate: '2026-11-12',
      createdAt: '2026-01-02T00:00:00.000Z',
      metadata: {},
      newMandateId: null,
      maxAmountMinor: null,
      consent: null,
      consentType: null,
      ...facts,
    });
  }

  /** A payment made by somebody else: dashboard, subscription, another tool. */
  addDebit(id: string, mandateId: string, facts: Partial<Debit> = {}): void {
    const currency = this.mandates.get(mandateId)?.currency ?? 'GBP';
    this.debits.set(id, {
      id,
      amount: { minor: 10_000n, currency },
      status: 'pending_submission',
      chargeDate: '2026-11-20',
      mandateId,
      description: null,
      reference: null,
      metadata: {},
      subscriptionId: null,
      instalmentScheduleId: null,
      payoutId: null,
      createdAt: '2026-11-03T00:00:00.000Z',
      ...facts,
    });
  }

  /** The bank's world moves a payment on. */
  move(debitId: string, status: DebitStatus): void {
    const debit = this.debits.get(debitId);
    if (debit !== undefined) this.debits.set(debitId, { ...debit, status });
  }

  listCreditors(): Promise<readonly Creditor[]> {
    return this.faults.around('listCreditors', () => this.creditors);
  }

  all(): Debit[] {
    return [...this.debits.values()];
  }

  getDebit(debitId: string): Promise<Debit | null> {
    return this.faults.around('getDebit', () => this.debits.get(debitId) ?? null);
  }

  listDebits(mandateId: string): Promise<readonly Debit[]> {
    return this.faults.around('listDebits', () =>
      this.all()
        .filter((debit) => debit.mandateId === mandateId)
        .reverse(),
    );
  }

  listCustomerDebits(customerId: string, chargedFrom: string): Promise<readonly Debit[]> {
    return this.faults.around('listCustomerDebits', () =>
      this.all()
        .filter((debit) => this.mandates.get(debit.mandateId)?.customerId === customerId)
        .filter(({ chargeDate }) => chargeDate === null || chargeDate >= chargedFrom)
        .reverse(),
    );
  }

  createDebit(debit: NewDebit, idempotencyKey: string): Promise<Debit> {
    return this.faults.around('createDebit', () => this.#create(debit, idempotencyKey));
  }

  cancelDebit(debitId: string): Promise<Debit> {
    return this.faults.around('cancelDebit', () => {
      const debit = this.debits.get(debitId);
      if (debit?.status !== 'pending_submission') throw refusal('conflict', 'cancellation_failed');
      this.move(debitId, 'cancelled');
      return { ...debit, status: 'cancelled' as const };
    });
  }

  async *listDebitsCharged(from: string, to: string): AsyncIterable<Debit> {
    const isCharged = ({ chargeDate }: Debit): boolean =>
      chargeDate !== null && chargeDate >= from && chargeDate <= to;
    yield* await this.faults.around('listDebitsCharged', () => this.all().filter(isCharged));
  }

  stepsOf(debitId: string): Promise<readonly DebitStep[]> {
    return this.faults.around('stepsOf', () => this.steps.filter((step) => step.debitId === debitId));
  }

  async *listSteps(action: string, since: string): AsyncIterable<DebitStep> {
    const isMeant = (step: DebitStep): boolean => step.action === action && step.at >= since;
    yield* await this.faults.around('listSteps', () => this.steps.filter(isMeant));
  }

  willRetry(debitId: string): Promise<boolean> {
    return this.faults.around('willRetry', () => this.retrying.has(debitId));
  }

  getMandate(mandateId: string): Promise<Mandate | null> {
    return this.faults.around('getMandate', () => this.mandates.get(mandateId) ?? null);
  }

  listMandates(customerId: string): Promise<readonly Mandate[]> {
    return this.faults.around('listMandates', () =>
      [...this.mandates.values()].filter((mandate) => mandate.customerId === customerId),
    );
  }

  getCustomer(customerId: string): Promise<DebitCustomer | null> {
    return this.faults.around('getCustomer', () => this.customers.get(customerId) ?? null);
  }

  async *listCustomers(createdAfter: string | null): AsyncIterable<DebitCustomer> {
    const wanted = (customer: DebitCustomer): boolean =>
      createdAfter === null || customer.createdAt > createdAfter;
    yield* await this.faults.around('listCustomers', () => [...this.customers.values()].filter(wanted));
  }

  async *listAllMandates(createdAfter: string | null): AsyncIterable<Mandate> {
    const wanted = (mandate: Mandate): boolean => createdAfter === null || mandate.createdAt > createdAfter;
    yield* await this.faults.around('listAllMandates', () => [...this.mandates.values()].filter(wanted));
  }

  listSubscriptions(mandateId: string): Promise<readonly DebitSubscription[]> {
    return this.faults.around('listSubscriptions', () =>
      this.subscriptions.filter((subscription) => subscription.mandateId === mandateId),
    );
  }

  requestMandate(request: NewMandateRequest, idempotencyKey: string): Promise<MandateRequest> {
    return this.faults.around('requestMandate', () => {
      this.asked.push(request);
      const billingRequestId = this.#keys.get(idempotencyKey) ?? `BRQ${this.requests.size + 1}`;
      this.#keys.set(idempotencyKey, billingRequestId);
      this.requests.set(billingRequestId, { customerId: request.customerId, mandateId: null });
      return {
        billingRequestId,
        authorisationUrl: `https://pay.gocardless.test/flow?id=${billingRequestId}`,
      };
    });
  }

  getBillingRequest(
    billingRequestId: string,
  ): Promise<{ customerId: string | null; mandateId: string | null } | null> {
    return this.faults.around('getBillingRequest', () => this.requests.get(billingRequestId) ?? null);
  }

  #create(debit: NewDebit, idempotencyKey: string): Debit {
    const conflictingId = this.#keys.get(idempotencyKey);
    if (conflictingId !== undefined)
      throw refusal('conflict', 'idempotent_creation_conflict', { conflictingId });
    if (debit.amount.minor > this.maximumMinor) {
      throw refusal('rejected', 'amount_too_large', { maximumMinor: this.maximumMinor });
    }
    const mandate = this.mandates.get(debit.mandateId);
    const earliest = mandate?.nextPossibleChargeDate ?? '2026-11-12';
    if (debit.chargeDate !== null && debit.chargeDate < earliest) {
      throw refusal('rejected', 'validation_failed', { field: 'charge_date' });
    }
    const id = `PM${this.debits.size + 1}`;
    this.#keys.set(idempotencyKey, id);
    this.addDebit(id, debit.mandateId, { ...debit, chargeDate: debit.chargeDate ?? earliest });
    const created = this.debits.get(id);
    if (created === undefined) throw new Error(`debit ${id} was just added`);
    return created;
  }
}

function refusal(
  kind: 'conflict' | 'rejected',
  reason: string,
  more: Partial<ConnectorError> = {},
): ConnectorError {
  const { conflictingId, maximumMinor, field } = more;
  return new ConnectorError({
    kind,
    provider: 'gocardless',
    operation: 'fake',
    message: reason,
    reason,
    ...(conflictingId === undefined ? {} : { conflictingId }),
    ...(maximumMinor === undefined ? {} : { maximumMinor }),
    ...(field === undefined ? {} : { field }),
  });
}
