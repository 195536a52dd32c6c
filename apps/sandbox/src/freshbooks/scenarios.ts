import { ControlError } from '../control.ts';
import type { Scenario, ScenarioInput } from '../control.ts';
import type { Desk, NewInvoice, NewPayment } from './desk.ts';
import { Refusal } from './failures.ts';
import type { Switches } from './switches.ts';

/** What the scenarios need of the sandboxed FreshBooks. */
export interface Stage {
  /** The desk of an account; of the first one when none is named. */
  desk(accountId?: string): Desk;
  readonly switches: Switches;
  seedTokens(seed: { accountId?: string; expiresInSeconds?: number }): unknown;
}

/** What a person or a script can make happen: `POST /_sandbox/scenarios/<name>`; `accountId` picks the business. */
export function scenariosOf(stage: Stage): Readonly<Record<string, Scenario>> {
  const at = (input: ScenarioInput): Desk => stage.desk(text(input, 'accountId'));
  const scenarios: Record<string, Scenario> = {
    'create-client': (input) => at(input).createClient(rest(input)),
    'create-invoice': (input) => at(input).createInvoice(rest(input) as unknown as NewInvoice),
    'edit-invoice': (input) => at(input).editInvoice(number(input, 'invoiceId'), record(input, 'fields')),
    'change-amount': (input) => at(input).changeAmount(number(input, 'invoiceId'), needed(input, 'amount')),
    'send-invoice': (input) => at(input).sendInvoice(number(input, 'invoiceId')),
    'delete-invoice': (input) => at(input).deleteInvoice(number(input, 'invoiceId')),
    'record-payment': (input) => at(input).recordPayment(rest(input) as unknown as NewPayment),
    'delete-payment': (input) => at(input).deletePayment(number(input, 'paymentId')),
    'open-invoices': (input) => at(input).openInvoices(),
    'seed-tokens': (input) => stage.seedTokens(input),
    switches: (input) => Object.assign(stage.switches, input),
  };
  return Object.fromEntries(Object.entries(scenarios).map(([name, scenario]) => [name, tolerant(scenario)]));
}

/** A refusal is the caller's mistake here: 400 with its message. */
function tolerant(scenario: Scenario): Scenario {
  return (input) => {
    try {
      return scenario(input);
    } catch (error) {
      if (error instanceof Refusal) throw new ControlError(error.message);
      throw error;
    }
  };
}

function rest(input: ScenarioInput): ScenarioInput {
  const { accountId: _accountId, ...fields } = input;
  return fields;
}

function text(input: ScenarioInput, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' ? value : undefined;
}

function needed(input: ScenarioInput, name: string): string {
  const value = text(input, name);
  if (value === undefined) throw new ControlError(`${name}: a string is needed`);
  return value;
}

function number(input: ScenarioInput, name: string): number {
  const value = input[name];
  if (typeof value === 'number') return value;
  throw new ControlError(`${name}: a number is needed`);
}

function record(input: ScenarioInput, name: string): Record<string, unknown> {
  const value = input[name];
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new ControlError(`${name}: an object of FreshBooks' wire fields is needed`);
}
