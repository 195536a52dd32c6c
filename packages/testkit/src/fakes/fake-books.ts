import {
  type BookClient,
  type BookPayment,
  type Books,
  type Invoice,
  type Money,
  type NewBookPayment,
  type PaymentList,
  sameMoney,
} from '@mlc/core';
import { FakeBookkeeping } from './fake-bookkeeping.ts';

type InvoiceFacts = Partial<Omit<Invoice, 'amount' | 'outstanding' | 'id'>> & {
  readonly amountMinor?: bigint;
  readonly currency?: string;
};

/** FreshBooks as flows see it, in memory: outstanding = amount − payments, overpayments split silently. */
export class FakeBooks extends FakeBookkeeping implements Books {
  readonly accountId: string;
  readonly invoices = new Map<string, Omit<Invoice, 'outstanding'>>();
  readonly clients = new Map<string, BookClient>();
  readonly payments: BookPayment[] = [];
  /** Of longer lists over all clients only so many are read. */
  readMax = 1_000;

  constructor(accountId = 'ACC1') {
    super();
    this.accountId = accountId;
  }

  addClient(id: string, email: string | null, facts: Partial<BookClient> = {}): void {
    const name = `Client ${id}`;
    this.clients.set(id, {
      id,
      email,
      name,
      firstName: 'First',
      lastName: id,
      organization: name,
      visibility: 'active',
      ...facts,
    });
  }

  addInvoice(
    id: string,
    clientId: string,
    { amountMinor = 10_000n, currency = 'GBP', ...facts }: InvoiceFacts = {},
  ): void {
    this.invoices.set(id, {
      id,
      number: `INV-${id}`,
      clientId,
      amount: { minor: amountMinor, currency },
      createdDate: '2026-11-02',
      dueDate: '2026-11-20',
      standing: 'open',
      visibility: 'active',
      autoBill: false,
      gatewayOrderPending: false,
      ...facts,
    });
  }

  /** A person edits the invoice. */
  change(id: string, changes: Partial<Omit<Invoice, 'outstanding'>>): void {
    const invoice = this.invoices.get(id);
    if (invoice !== undefined) this.invoices.set(id, { ...invoice, ...changes });
  }

  /** A person records a payment by hand. */
  payByHand(invoiceId: string, amount: Money, note = 'by hand', date = '2026-11-10'): BookPayment {
    return this.#pay({ invoiceId, amount, date, type: 'Bank Transfer', note });
  }

  /** A person edits a payment; `deleted` takes it out. */
  changePayment(id: string, changes: Partial<BookPayment>): void {
    const index = this.payments.findIndex((payment) => payment.id === id);
    const payment = this.payments[index];
    if (payment !== undefined) this.payments[index] = { ...payment, ...changes };
  }

  paymentsOf(invoiceId: string): BookPayment[] {
    return this.payments.filter((payment) => payment.invoiceId === invoiceId && !payment.deleted);
  }

  getInvoice(invoiceId: string): Promise<Invoice | null> {
    return this.faults.around('getInvoice', () => this.#invoice(invoiceId));
  }

  getClient(clientId: string): Promise<BookClient | null> {
    return this.faults.around('getClient', () => this.clients.get(clientId) ?? null);
  }

  getPayment(bookPaymentId: string): Promise<BookPayment | null> {
    return this.faults.around(
      'getPayment',
      () => this.payments.find((payment) => payment.id === bookPaymentId) ?? null,
    );
  }

  listPayments(invoiceId: string): Promise<readonly BookPayment[]> {
    return this.faults.around('listPayments', () => this.paymentsOf(invoiceId));
  }

  listClientPayments(clientId: string, since: string): Promise<readonly BookPayment[]> {
    const isOfClient = (payment: BookPayment): boolean =>
      this.invoices.get(payment.invoiceId)?.clientId === clientId;
    return this.faults.around('listClientPayments', () =>
      this.payments.filter((payment) => isOfClient(payment) && payment.date >= since && !payment.deleted),
    );
  }

  listPaymentsSince(since: string, amount?: Money): Promise<PaymentList> {
    const isMeant = (payment: BookPayment): boolean =>
      payment.date >= since && (amount === undefined || sameMoney(payment.amount, amount));
    return this.faults.around('listPaymentsSince', () => this.#listed(isMeant));
  }

  listPaymentsNoted(text: string): Promise<PaymentList> {
    const wanted = text.toLowerCase();
    return this.faults.around('listPaymentsNoted', () =>
      this.#listed(({ note }) => note.toLowerCase().includes(wanted)),
    );
  }

  findInvoicesByNumber(invoiceNumber: string): Promise<readonly Invoice[]> {
    const wanted = invoiceNumber.trim().toLowerCase();
    return this.faults.around('findInvoicesByNumber', () =>
      this.#all().filter((invoice) => invoice.number.toLowerCase() === wanted),
    );
  }

  listOpenInvoices(clientId: string): Promise<readonly Invoice[]> {
    return this.faults.around('listOpenInvoices', () =>
      this.#all().filter((invoice) => invoice.clientId === clientId && isOpen(invoice)),
    );
  }

  async *listAllOpenInvoices(): AsyncIterable<Invoice> {
    yield* await this.faults.around('listAllOpenInvoices', () => this.#all().filter(isOpen));
  }

  findClientsByEmail(email: string): Promise<readonly BookClient[]> {
    const wanted = email.toLowerCase();
    return this.faults.around('findClientsByEmail', () =>
      [...this.clients.values()].filter((client) => client.email?.toLowerCase() === wanted),
    );
  }

  createPayment(payment: NewBookPayment): Promise<BookPayment> {
    return this.faults.around('createPayment', () => {
      this.refuseLocked('createPayment', payment.date);
      return this.#pay(payment);
    });
  }

  deletePayment(bookPaymentId: string): Promise<void> {
    return this.faults.around('deletePayment', () => {
      const index = this.payments.findIndex((payment) => payment.id === bookPaymentId);
      const payment = this.payments[index];
      if (payment === undefined || payment.deleted) return;
      this.refuseLocked('deletePayment', payment.date);
      this.payments[index] = { ...payment, deleted: true };
    });
  }

  #pay({ invoiceId, amount, date, type, note }: NewBookPayment): BookPayment {
    const outstanding = this.#invoice(invoiceId)?.outstanding.minor ?? 0n;
    const minor = amount.minor > outstanding ? outstanding : amount.minor;
    const id = String(1000 + this.payments.length * 2);
    const overpaymentId = minor === amount.minor ? null : `${id}0`;
    const clientId = this.invoices.get(invoiceId)?.clientId ?? '';
    const rest = {
      clientId,
      gateway: null,
      orderId: null,
      transactionId: null,
      deleted: false,
      overpaymentId,
    };
    const payment = {
      id,
      invoiceId,
      amount: { minor, currency: amount.currency },
      date,
      type,
      note,
      ...rest,
    };
    this.payments.push(payment);
    return payment;
  }

  #listed(isMeant: (payment: BookPayment) => boolean): PaymentList {
    const found = this.payments.filter((payment) => !payment.deleted && isMeant(payment));
    return { payments: found.slice(0, this.readMax), isComplete: found.length <= this.readMax };
  }

  #all(): Invoice[] {
    return [...this.invoices.keys()].flatMap((id) => this.#invoice(id) ?? []);
  }

  #invoice(id: string): Invoice | null {
    const invoice = this.invoices.get(id);
    if (invoice === undefined) return null;
    const paid = this.paymentsOf(id).reduce((sum, payment) => sum + payment.amount.minor, 0n);
    const minor = invoice.amount.minor - paid;
    const standing = invoice.standing === 'open' && minor <= 0n ? 'paid' : invoice.standing;
    return { ...invoice, standing, outstanding: { minor, currency: invoice.amount.currency } };
  }
}

function isOpen(invoice: Invoice): boolean {
  return invoice.visibility !== 'deleted' && invoice.outstanding.minor > 0n;
}
