import { CaptureScenarios } from './capture-scenarios.ts';
import type { CaptureRow } from './rows.ts';
import type { NewSearchRow, SearchStatus, SearchVersion } from './search-rows.ts';
import { ControlError } from '../control.ts';

/** Money that moves without a payment: seen in Transaction Search and the balances only, no event tells of it. */
export class BalanceScenarios extends CaptureScenarios {
  /**
   * The merchant takes money out to their bank (T0400), or PayPal does so by itself every so often (T0403). A pending
   * one moves nothing yet.
   */
  withdraw(wanted: {
    amount: string;
    currency?: string;
    isAutomatic?: boolean;
    isPending?: boolean;
    /** Of an instant transfer; positive. */
    fee?: string;
  }): { transactionId: string } {
    const { currency = 'GBP', isAutomatic = false, isPending = false } = wanted;
    const version = {
      status: isPending ? ('P' as const) : ('S' as const),
      amount: -this.amount('amount', wanted.amount, currency),
      fee: -(this.optionalAmount('fee', wanted.fee, currency) ?? 0),
    };
    return { transactionId: this.#add({ code: isAutomatic ? 'T0403' : 'T0400', currency }, version) };
  }

  /** A pending withdrawal goes through, or is denied. */
  settleWithdrawal({ transactionId, status = 'S' }: { transactionId: string; status?: 'S' | 'D' }): {
    transactionId: string;
  } {
    const { statement } = this.world;
    const row = statement.rows.find(({ id, code }) => id === transactionId && code.startsWith('T04'));
    if (row?.versions.at(-1)?.status !== 'P')
      throw new ControlError(`transactionId: the sandbox has no pending withdrawal ${transactionId}`);
    statement.restate(transactionId, this.world.now(), { status });
    return { transactionId };
  }

  /** Anything else that moves the balance: signed `amount`, any T-code; T0300, a deposit, when left out. */
  moveBalance(wanted: {
    amount: string;
    code?: string;
    currency?: string;
    /** The capture or other transaction it is about. */
    about?: string;
    status?: SearchStatus;
  }): { transactionId: string } {
    const { code = 'T0300', currency = 'GBP', about, status = 'S' } = wanted;
    if (!/^T\d{4}$/.test(code)) throw new ControlError(`code: T and four digits, not ${code}`);
    const reference = about === undefined ? {} : { reference: { id: about, type: 'TXN' as const } };
    const isOut = wanted.amount.startsWith('-');
    const size = this.amount('amount', wanted.amount.replace(/^-/, ''), currency);
    const amount = isOut ? -size : size;
    return { transactionId: this.#add({ code, currency, ...reference }, { status, amount, fee: 0 }) };
  }

  /** A chargeback is won: money comes back (T1202), and no event tells (paypal.md 7.8). */
  winChargeback(wanted: { captureId: string; amount?: string }): { amount: string } {
    const row: CaptureRow = this.row(this.world.captures, 'captureId', wanted.captureId);
    const { currency, payer, id } = row;
    const amount = this.optionalAmount('amount', wanted.amount, currency) ?? row.refunded;
    const about = { code: 'T1202', currency, payer, reference: { id, type: 'TXN' } } as const;
    this.#add(about, { status: 'S', amount, fee: 0 });
    return { amount: wanted.amount ?? String(amount) };
  }

  #add(
    row: Omit<NewSearchRow, 'id' | 'payer'> & Partial<NewSearchRow>,
    first: Omit<SearchVersion, 'atMs'>,
  ): string {
    const id = this.world.ids.transaction();
    this.world.statement.add({ payer: null, ...row, id }, { ...first, atMs: this.world.now() });
    return id;
  }
}
