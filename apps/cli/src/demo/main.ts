import { listEvents, listPostings, listReviews, verifyAudit } from '@mlc/platform';
import { switchMode } from '@mlc/platform/set-up/business-mode';
import { runUntilSignal } from '@mlc/platform/lifecycle/run-until-signal';
import { checkBooks, type Outcome, strayCredits } from './check.ts';
import { closeMonth } from './month-end.ts';
import { invitePeople, type Played, playMonth, writeOldInvoices } from './month.ts';
import { complaints, storyTable, summary } from './report.ts';
import { setStage, type Stage } from './stage.ts';

function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Plays the month and says what came of it. Returns what is wrong in the books. */
async function play(stage: Stage): Promise<string[]> {
  const { sandbox } = stage;
  const people = invitePeople(sandbox);
  say('Demo Ltd has been applied and observes: nothing is written at a provider.');
  const cast = await playMonth(
    {
      sandbox,
      settle: () => stage.settle(),
      poll: () => stage.poll(),
      onDay: showDay,
      goLive: () => goLive(stage),
    },
    writeOldInvoices(people),
  );
  if (process.stderr.isTTY) process.stderr.write('\r              \r');
  const outcomes = checkBooks(sandbox, cast, await openReviews(stage));
  await show(stage, outcomes);
  const broken = await brokenAudit(stage, cast);
  const end = await closeMonth(stage);
  for (const line of end.lines) say(line);
  return [...complaints(outcomes, strayCredits(sandbox)), ...broken, ...end.wrong];
}

/** As an operator would, after a look at what would be done. */
async function goLive(stage: Stage): Promise<void> {
  const { database, clock } = stage.runtime;
  const { collections, obstacles } = await stage.preview();
  say(
    `mlc preview: ${collections.length} debits would be made, ${obstacles.length} invoices stand in the way.`,
  );
  const mode = { businessId: stage.businessId, mode: 'live', by: 'demo' } as const;
  const { released } = await switchMode(database, clock, mode);
  say(`mlc go-live: ${released} events waited and run now.`);
}

/** The day being played; it replaces the one before it, so only where that can be. */
function showDay(date: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${date} …`);
}

async function openReviews({ runtime }: Stage): Promise<Map<string, string[]>> {
  const open = new Map<string, string[]>();
  for await (const { kind, subject } of listReviews(runtime.database, { state: 'open' })) {
    open.set(subject.id, [...(open.get(subject.id) ?? []), kind]);
  }
  return open;
}

async function show({ sandbox, runtime }: Stage, outcomes: readonly Outcome[]): Promise<void> {
  let events = 0;
  for await (const _event of listEvents(runtime.database, {})) events += 1;
  let reversals = 0;
  for await (const posting of listPostings(runtime.database, {}))
    if (posting.kind === 'reversal') reversals += 1;
  say(await storyTable(outcomes));
  for (const line of summary(sandbox, {
    events,
    reversals,
    recovered: await audited(runtime.database, 'event.recovered'),
    found: await audited(runtime.database, 'event.found'),
    duplicates: await duplicates(runtime.database),
  }))
    say(line);
}

/** Entries of one action in the audit log. */
function audited({ prisma }: Stage['runtime']['database'], action: string): Promise<number> {
  return prisma.auditEntry.count({ where: { action } });
}

/** Deliveries repeated by the providers that were recognised. */
async function duplicates(database: Stage['runtime']['database']): Promise<number> {
  const entries = await database.prisma.auditEntry.findMany({ where: { action: 'webhook.stored' } });
  return entries.reduce(
    (sum, { details }) => sum + ((details as { duplicates?: number }).duplicates ?? 0),
    0,
  );
}

async function brokenAudit({ runtime }: Stage, cast: readonly Played[]): Promise<string[]> {
  const business = await runtime.database.prisma.business.findFirst();
  const verdict = await verifyAudit(runtime.database, business?.id ?? '');
  if (!verdict.ok) return [`the audit chain is broken at ${verdict.brokenAt}`];
  say(`${verdict.entries} audit entries about ${cast.length} invoices, chain intact`);
  return [];
}

async function main(): Promise<number> {
  const once = process.argv.includes('--once');
  const startedAt = performance.now();
  say(
    'A month of a small business: FreshBooks invoices, GoCardless debits, PayPal payments, all simulated on this machine.',
  );
  const stage = await setStage();
  const wrong = await play(stage);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  say();
  if (wrong.length === 0)
    say(`The simulated providers' books equal the expected ones and the month's report (${seconds} s).`);
  else for (const complaint of wrong) say(`WRONG: ${complaint}`);
  if (once) {
    await stage.stop();
    return wrong.length === 0 ? 0 : 1;
  }
  say(
    `\nStill running. Console: ${stage.consoleUrl}. This link signs you in, once:\n${stage.signInUrl}\nCtrl-C ends it.`,
  );
  await runUntilSignal([{ stop: () => stage.stop() }], stage.runtime.log);
  return 0;
}

process.exitCode = await main();
