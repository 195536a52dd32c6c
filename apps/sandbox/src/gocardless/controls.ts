import { ControlError } from '../control.ts';
import type { Scenario, ScenarioInput } from '../control.ts';
import type { Organisation } from './organisation.ts';
import { Refusal } from './refusal.ts';
import type { Settings } from './settings.ts';

/** The methods of Scenarios that may be called over HTTP with a JSON object. */
const NAMES = [
  'addCustomer',
  'addPayer',
  'addCreditor',
  'addMandate',
  'addForeignPayment',
  'addForeignSubscription',
  'answerApproval',
  'planPayment',
  'planNextPayment',
  'submitPayment',
  'confirmPayment',
  'payOutPayment',
  'failPayment',
  'retryPayment',
  'chargeBackPayment',
  'cancelChargeback',
  'refundPayment',
  'refundMandate',
  'bounceRefund',
  'payOut',
  'bouncePayout',
  'useFxPayouts',
  'confirmExchangeRate',
  'planPayoutItem',
  'payPartner',
  'endMandate',
  'replaceMandate',
  'transferMandate',
  'completeBillingRequest',
  'repeatEvents',
  'sendTestWebhook',
] as const;

/** The control API's scenarios; `organisation` in the body names another than the first one. */
export function controls(organisations: () => readonly Organisation[]): Record<string, Scenario> {
  const organisationOf = (input: ScenarioInput): Organisation => {
    const wanted = input['organisation'];
    const organisation = organisations().find(({ id }) => wanted === undefined || id === wanted);
    if (organisation === undefined) throw new ControlError(`no organisation ${String(wanted)}`);
    return organisation;
  };
  const named = NAMES.map((name): [string, Scenario] => [
    name,
    (input) => readably(() => organisationOf(input).scenarios[name](input as never)),
  ]);
  return {
    ...Object.fromEntries(named),
    books: (input) => organisationOf(input).books(),
    endpoints: (input) => organisationOf(input).world.desk.endpoints,
    addEndpoint: (input) => addEndpoint(organisationOf(input), input),
    removeEndpoint: (input) => organisationOf(input).world.desk.removeEndpoint(String(input['id'])),
    settings: (input) => changeSettings(organisationOf(input), input),
  };
}

function readably(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal)
      throw new ControlError(JSON.stringify(error.refused.errors), { cause: error });
    throw error;
  }
}

function addEndpoint(organisation: Organisation, { url, secret }: ScenarioInput): unknown {
  if (typeof url !== 'string' || !URL.canParse(url)) throw new ControlError('url: an http(s) address');
  if (typeof secret !== 'string' || secret === '') throw new ControlError('secret: a text');
  return organisation.addEndpoint({ url, secret });
}

function changeSettings(organisation: Organisation, input: ScenarioInput): Settings {
  const { organisation: _named, ...changes } = input;
  const unknown = Object.keys(changes).find((name) => !(name in organisation.settings));
  if (unknown !== undefined) throw new ControlError(`no setting ${unknown}`);
  return Object.assign(organisation.settings, changes);
}
