import type { Sandbox } from '@mlc/sandbox';
import { DEBIT_STORIES } from './debit-stories.ts';
import { moveMoney } from './money-moves.ts';
import { PAYOUT_STORIES } from './payout-stories.ts';
import { PAYPAL_STORIES } from './paypal-stories.ts';
import type { Props, Story } from './story.ts';

/** The demo's month, by the sandbox's clock. */
export const MONTH = '2026-10';
export const MONTH_START = `${MONTH}-01`;
export const MONTH_END = `${MONTH}-31`;
const MONTH_DAYS = 31;
/** The first working day after it, late enough for PayPal's reports (paypal.md 4.4): its books are made up then. */
const MONTH_OVER = new Date('2026-11-02T12:00:00Z');
/** The real interval is minutes; every ten days is enough to show what it finds. */
const POLL_EVERY_DAYS = 10;
/** Webhooks are sent at this hour of each simulated day, inside every bank's working hours. */
const MORNING = 'T08:00:00Z';

/** The sandbox starts this early, so that invoices older than go-live can exist. */
export const SANDBOX_START = new Date(`2026-09-20${MORNING}`);

/** Everything that happens in the demo's October. */
const STORIES: readonly Story[] = [...DEBIT_STORIES, ...PAYOUT_STORIES, ...PAYPAL_STORIES];

/** A story with its people and papers. */
export interface Played {
  readonly story: Story;
  readonly props: Props;
}

/** What the month needs from the machinery around it. */
export interface MonthStage {
  readonly sandbox: Sandbox;
  /** Resolves when every webhook is delivered and nothing can run any more. */
  settle(): Promise<void>;
  /** Looks at the providers for what no webhook told of. */
  poll(): Promise<void>;
  /** Told before each day, YYYY-MM-DD. */
  onDay(date: string): void;
  /** The business has observed its first day: what would be done is looked at, and it goes live. */
  goLive(): Promise<void>;
}

/** Everyone the stories are about exists before the month begins; those without an invoice yet have number 0. */
export function invitePeople(sandbox: Sandbox): Played[] {
  return STORIES.map((story, index) => {
    const email = `payer-${index + 1}@client.test`;
    const organization = `Client ${index + 1} Ltd`;
    const client = sandbox.freshbooks.desk().createClient({ email, organization });
    const scheme = story.currency === 'EUR' ? 'sepa_core' : 'bacs';
    const payers = { mandate: 1, none: 0, twins: 2 }[story.payer];
    const made = Array.from({ length: payers }, () =>
      sandbox.gocardless.scenarios.addPayer({ email, companyName: organization, scheme }),
    );
    const mandateId = made[0]?.mandate.id ?? null;
    return {
      story,
      props: { sandbox, email, clientId: client.id, mandateId, invoiceId: 0, invoiceNumber: '', papers: [] },
    };
  });
}

/** Invoices that are older than the month, and what happened to them before it: day 0. */
export function writeOldInvoices(people: readonly Played[]): Played[] {
  return people.map((played) => {
    if (played.story.createdOn >= 1) return played;
    const written = writeInvoice(played);
    played.story.then?.[0]?.(written.props);
    return written;
  });
}

function writeInvoice({ story, props }: Played): Played {
  const invoice = props.sandbox.freshbooks.desk().createInvoice({
    clientId: props.clientId,
    amount: story.amount,
    currency: story.currency,
    dueInDays: story.dueInDays,
    sent: story.draft !== true,
  });
  return { story, props: { ...props, invoiceId: invoice.id, invoiceNumber: invoice.number } };
}

/** Plays the month day by day; each day ends when everything it caused has been dealt with. */
export async function playMonth(stage: MonthStage, people: readonly Played[]): Promise<Played[]> {
  let cast = [...people];
  for (let day = 1; day <= MONTH_DAYS; day += 1) {
    const date = `${MONTH_START.slice(0, 8)}${String(day).padStart(2, '0')}`;
    stage.onDay(date);
    disturb(stage.sandbox, day);
    await stage.sandbox.clock.advanceTo(new Date(`${date}${MORNING}`));
    cast = await Promise.all(cast.map((played) => playDay(played, day)));
    moveMoney(stage.sandbox, day);
    await stage.settle();
    if (day === 1) {
      await stage.goLive();
      await stage.settle();
    }
    if (day % POLL_EVERY_DAYS === 0) await stage.poll();
  }
  stage.onDay(MONTH_OVER.toISOString().slice(0, 10));
  await stage.sandbox.clock.advanceTo(MONTH_OVER);
  await stage.settle();
  await stage.poll();
  return cast;
}

async function playDay(played: Played, day: number): Promise<Played> {
  const { story } = played;
  let now = played;
  if (story.createdOn === day) {
    await story.before?.(played.props);
    now = writeInvoice(played);
  }
  story.then?.[day]?.(now.props);
  return now;
}

/** Webhooks come twice and in any order all month long, and old ones come again every week. */
function disturb(sandbox: Sandbox, day: number): void {
  const { freshbooks, gocardless, paypal } = sandbox;
  paypal.deliveries.set({ shuffle: true, duplicate: day % 3 });
  freshbooks.deliveries.set({ shuffle: true, duplicate: day % 2 });
  gocardless.deliveries.set({ shuffle: true, duplicate: 1 });
  gocardless.organisation.settings.webhooks.shuffleEvents = true;
  if (day % 7 === 0) gocardless.scenarios.repeatEvents({ last: 20 });
}
