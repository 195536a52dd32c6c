import { ControlError } from '../control.ts';
import { BalanceScenarios } from './balance-scenarios.ts';
import { payerOf } from './invoice-course.ts';
import type { SearchStatus } from './search-rows.ts';

const HOUR_MS = 3_600_000;
const STATUSES: readonly string[] = ['D', 'P', 'S', 'V'];

/** A row of Transaction Search and nothing else (paypal.md appendix C). */
export interface ListedRow {
  /** Decimal, signed: money out is negative. */
  readonly amount: string;
  /** T0000, a payment made without the API, when left out. */
  readonly code?: string;
  readonly currency?: string;
  /** Positive; what PayPal took. */
  readonly fee?: string;
  readonly status?: SearchStatus;
  readonly payerEmail?: string;
  readonly invoiceId?: string;
  readonly customField?: string;
  /** `paypal_reference_id`: the payment a refund or chargeback is of. */
  readonly about?: string;
  /** The id of another row: one id can have several. */
  readonly transactionId?: string;
  readonly hoursAgo?: number;
  /** Written instead of the amount, as it stands: a currency with six decimals. */
  readonly oddAmount?: { readonly value: string; readonly currency_code: string };
}

/** What only Transaction Search tells of: PayPal.Me, buttons, the virtual terminal, other apps. */
export class ListedScenarios extends BalanceScenarios {
  /** No object of the API, no event: only the row, and the balance. */
  listRow(wanted: ListedRow): { transactionId: string } {
    const { code = 'T0000', currency = 'GBP', status = 'S', hoursAgo = 0, about, payerEmail } = wanted;
    if (!/^T\d{4}$/.test(code)) throw new ControlError(`code: T and four digits, not ${code}`);
    if (!STATUSES.includes(status)) throw new ControlError(`status: one of ${STATUSES.join(', ')}`);
    const id = wanted.transactionId ?? this.world.ids.transaction();
    const size = this.amount('amount', wanted.amount.replace(/^-/, ''), currency);
    this.world.statement.add(
      {
        id,
        code,
        currency,
        payer: payerEmail === undefined ? null : payerOf(this.world, payerEmail),
        invoiceId: wanted.invoiceId ?? null,
        custom: wanted.customField ?? null,
        ...(about === undefined ? {} : { reference: { id: about, type: 'TXN' as const } }),
        ...(wanted.oddAmount === undefined ? {} : { oddAmount: wanted.oddAmount }),
      },
      {
        atMs: this.world.now() - hoursAgo * HOUR_MS,
        status,
        amount: wanted.amount.startsWith('-') ? -size : size,
        fee: -(this.optionalAmount('fee', wanted.fee, currency) ?? 0),
      },
    );
    return { transactionId: id };
  }

  /** Every row of this id stands like this from now on: it cleared, was denied, or a fee was taken. */
  settleRow({
    transactionId,
    status = 'S',
    fee,
  }: {
    transactionId: string;
    status?: SearchStatus;
    fee?: string;
  }): { transactionId: string } {
    const { statement } = this.world;
    const row = statement.rows.find(({ id }) => id === transactionId);
    if (row === undefined) throw new ControlError(`transactionId: the sandbox has no row ${transactionId}`);
    const cost = this.optionalAmount('fee', fee, row.currency);
    statement.restate(transactionId, this.world.now(), {
      status,
      ...(cost === undefined ? {} : { fee: -cost }),
    });
    return { transactionId };
  }
}
