import type { SandboxClock } from '../clock.ts';
import type { Ids } from './ids.ts';
import { unknownId } from './refusal.ts';
import type {
  CaptureRow,
  DisputeRow,
  InvoiceRow,
  OrderRow,
  Payee,
  RefundRow,
  SaleRow,
  SubscriptionRow,
} from './rows.ts';
import { Statement } from './search-rows.ts';
import type { Settings } from './settings.ts';
import { wholeSecond } from './times.ts';
import type { WebhookDesk } from './webhook-desk.ts';

/** A merchant and the REST app that acts for them. */
export interface Merchant {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly merchantId: string;
  readonly email: string;
  /** What new tokens may do; features are switched on by adding to it. */
  scopes: string[];
}

/** One remembered `PayPal-Request-Id`. */
export interface EarlierRequest {
  readonly id: string;
  readonly atMs: number;
}

/** Everything PayPal knows of one merchant. */
export class World {
  readonly orders = new Map<string, OrderRow>();
  readonly captures = new Map<string, CaptureRow>();
  readonly refunds = new Map<string, RefundRow>();
  readonly sales = new Map<string, SaleRow>();
  readonly subscriptions = new Map<string, SubscriptionRow>();
  readonly invoices = new Map<string, InvoiceRow>();
  readonly disputes = new Map<string, DisputeRow>();
  readonly requests = new Map<string, EarlierRequest>();
  readonly statement = new Statement();
  readonly merchant: Merchant;
  readonly clock: SandboxClock;
  readonly ids: Ids;
  readonly settings: Settings;
  readonly desk: WebhookDesk;

  constructor(parts: {
    merchant: Merchant;
    clock: SandboxClock;
    ids: Ids;
    settings: Settings;
    desk: WebhookDesk;
  }) {
    this.merchant = parts.merchant;
    this.clock = parts.clock;
    this.ids = parts.ids;
    this.settings = parts.settings;
    this.desk = parts.desk;
  }

  /** Now, in whole seconds: no resource knows more. */
  now(): number {
    return wholeSecond(this.clock.now().getTime());
  }

  get payee(): Payee {
    const { merchantId, email } = this.merchant;
    return { merchantId, email };
  }
}

/** A row by its id; refuses an unknown one with 404. */
export function found<T>(rows: ReadonlyMap<string, T>, id: string | undefined): T {
  const row = rows.get(id ?? '');
  if (row === undefined) throw unknownId();
  return row;
}
