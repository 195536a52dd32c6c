import type { SandboxClock } from '../clock.ts';
import type { BillingRequest, BillingRequestFlow } from './billing-wire.ts';
import { inLondon } from './calendar.ts';
import { EventBook } from './events.ts';
import type { Ids } from './ids.ts';
import type { Life, Outcome } from './outcomes.ts';
import type { PlannedItem } from './planned-item.ts';
import type { Settings } from './settings.ts';
import { Table } from './table.ts';
import type {
  BankAccount,
  Creditor,
  Customer,
  InstalmentSchedule,
  Mandate,
  Payment,
  Payout,
  PayoutItem,
  Refund,
  Subscription,
} from './wire.ts';
import type { WebhookDesk } from './webhook-desk.ts';

export interface MandateLife {
  submitOn: string | null;
  activateOn: string | null;
  /** Later debits of this mandate end like this, one entry per debit. */
  plannedOutcomes: Outcome[][];
  reinstatements: number;
  lastUsedOn: string;
  /** Set while a reinstatement is under way. */
  isReinstating: boolean;
  /** What the payer's bank will make of it, from the magic given names. */
  fate: 'active' | 'failed' | 'expired' | 'transferred';
}

export interface SubscriptionLife {
  /** Index of the next nominal date. */
  next: number;
  created: number;
  amendments: number;
  /** Cycles still to skip; null: until resumed. */
  pausedCyclesLeft: number | null;
}

/** One organisation: everything GoCardless knows about it, and how time and webhooks reach it. */
export class World {
  readonly customers = new Table<Customer>();
  readonly removedCustomers = new Set<string>();
  readonly bankAccounts = new Table<BankAccount>();
  /** Full account numbers, for telling a duplicate. */
  readonly accountNumbers = new Map<string, string>();
  readonly mandates = new Table<Mandate>();
  readonly mandateLives = new Map<string, MandateLife>();
  readonly payments = new Table<Payment>();
  readonly paymentLives = new Map<string, Life>();
  readonly subscriptions = new Table<Subscription>();
  readonly subscriptionLives = new Map<string, SubscriptionLife>();
  readonly instalmentSchedules = new Table<InstalmentSchedule>();
  readonly billingRequests = new Table<BillingRequest>();
  readonly billingRequestFlows = new Table<BillingRequestFlow>();
  readonly refunds = new Table<Refund>();
  /** Refunds a payout has borne. */
  readonly settledRefunds = new Set<string>();
  readonly payouts = new Table<Payout>();
  readonly payoutItems = new Map<string, PayoutItem[]>();
  /** Go into the next payout of their currency. */
  readonly plannedItems: PlannedItem[] = [];
  readonly creditors = new Table<Creditor>();
  /** collection + key → id of what it created. */
  readonly idempotency = new Map<string, string>();
  readonly events: EventBook;
  readonly clock: SandboxClock;
  readonly ids: Ids;
  readonly settings: Settings;
  readonly organisationId: string;
  readonly desk: WebhookDesk;
  readonly #background = new Set<Promise<void>>();
  #isClosed = false;

  constructor(parts: {
    clock: SandboxClock;
    ids: Ids;
    settings: Settings;
    organisationId: string;
    desk: WebhookDesk;
  }) {
    this.clock = parts.clock;
    this.ids = parts.ids;
    this.settings = parts.settings;
    this.organisationId = parts.organisationId;
    this.desk = parts.desk;
    this.events = new EventBook(this);
  }

  /** RFC 3339 with milliseconds, as in every `created_at`. */
  timestamp(): string {
    return this.clock.now().toISOString();
  }

  /** Today in London. */
  today(): string {
    return inLondon(this.clock.now()).date;
  }

  /** The first creditor. */
  creditor(): Creditor {
    const creditor = this.creditors.all()[0];
    if (creditor === undefined) throw new Error('the organisation has no creditor');
    return creditor;
  }

  /** Work GoCardless does on its own a moment later; `settled()` waits for it. */
  later(work: () => void): void {
    const done = new Promise<void>((resolve) => {
      setTimeout(() => {
        if (!this.#isClosed) work();
        resolve();
      }, this.settings.asyncDelayMs);
    });
    this.#background.add(done);
    void done.then(() => this.#background.delete(done));
  }

  async settled(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  close(): void {
    this.#isClosed = true;
  }
}
