import { inTransactions } from '../../in-transactions.ts';
import { describe, expect, test } from '@jest/globals';
import { aQuestion, type Bench } from './subject.ts';

const PERSON = { action: 'done' as const, note: 'seen', by: 'mira' };
/** Money can be matched; an invoice cannot. */
const PAYMENT = { provider: 'gocardless', type: 'payment', id: 'PM1' };

/** `ReviewStore`, and how people's answers look from inside. */
export function reviewTests({ subject, clock }: Bench): void {
  const reviews = () => subject().store.reviews;
  const writes = () => inTransactions(subject().store);
  const actions = async () => (await subject().auditEntries()).map(({ action }) => action);

  describe('reviews', () => {
    test('a new question is open, listed by subject and kind, and audited', async () => {
      const opened = await writes().reviews.open(aQuestion());
      expect(opened).toEqual({
        ...aQuestion(),
        id: opened.id,
        state: 'open',
        covers: null,
        openedAt: clock().now(),
        resolution: null,
      });
      expect(await reviews().openOn(aQuestion().subject)).toEqual([opened]);
      expect(await reviews().openOfKind('no_mandate')).toEqual([opened]);
      expect(await reviews().openOfKind('refund')).toEqual([]);
      expect(await reviews().openOn({ ...aQuestion().subject, type: 'client' })).toEqual([]);
      expect(await actions()).toEqual(['review.opened']);
    });

    test('the same question again refreshes the open one and is not audited again', async () => {
      const first = await writes().reviews.open(aQuestion());
      clock().advance(1_000);
      const event = await subject().queueEvent({ type: 'invoice.update', resourceId: '101' });
      const news = {
        amount: null,
        reasons: ['new reason'],
        candidates: [],
        covers: 'PM2',
        eventId: event.id,
      };
      const second = await writes().reviews.open(aQuestion(news));
      expect(second).toEqual({ ...first, ...news });
      expect(await reviews().openOn(aQuestion().subject)).toEqual([second]);
      expect(await actions()).toEqual(['review.opened']);
    });

    test('asked many times at once, it is one open review', async () => {
      const opened = await Promise.all(Array.from({ length: 8 }, () => writes().reviews.open(aQuestion())));
      expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
      expect(await actions()).toEqual(['review.opened']);
    });

    test('other kinds and subjects are other questions', async () => {
      await writes().reviews.open(aQuestion());
      await writes().reviews.open(aQuestion({ kind: 'currency_mismatch' }));
      await writes().reviews.open(aQuestion({ subject: { ...aQuestion().subject, id: '102' } }));
      expect(await reviews().openOfKind('no_mandate')).toHaveLength(2);
      expect(await reviews().openOn(aQuestion().subject)).toHaveLength(2);
    });

    test('a reason that went away closes the kinds named, by system', async () => {
      await writes().reviews.open(aQuestion());
      const other = await writes().reviews.open(aQuestion({ kind: 'overpayment' }));
      await writes().reviews.settle(['no_mandate', 'refund'], aQuestion().subject, 'a mandate appeared');
      expect(await reviews().openOn(aQuestion().subject)).toEqual([other]);
      const entry = (await subject().auditEntries()).at(-1);
      expect(entry).toMatchObject({ actor: 'system', action: 'review.resolved' });
      expect(entry?.details).toMatchObject({ action: 'done', note: 'a mandate appeared' });
      expect(await reviews().lastAnswer('no_mandate', aQuestion().subject)).toBeNull();
    });

    test('a settled question may be asked again', async () => {
      const first = await writes().reviews.open(aQuestion());
      await writes().reviews.settle(['no_mandate'], aQuestion().subject, 'gone');
      const again = await writes().reviews.open(aQuestion());
      expect(again.id).not.toBe(first.id);
      expect(await actions()).toEqual(['review.opened', 'review.resolved', 'review.opened']);
    });

    test('the audit log follows the event the question came from', async () => {
      const event = await subject().queueEvent({ type: 'invoice.create', resourceId: '101' });
      await writes().reviews.open(aQuestion({ eventId: event.id }));
      await writes().reviews.settle(['no_mandate'], aQuestion().subject, 'gone');
      const correlations = (await subject().auditEntries()).map(({ correlationId }) => correlationId);
      expect(correlations).toEqual([event.correlationId, event.correlationId]);
    });

    test('texts the database cannot hold are kept readable', async () => {
      const odd = { reasons: ['nul \u0000 here', 'half \ud800 pair'], candidates: [] };
      await writes().reviews.open(aQuestion(odd));
      const [found] = await reviews().openOn(aQuestion().subject);
      expect(found?.reasons).toEqual(['nul \uFFFD here', 'half \uFFFD pair']);
    });

    answerTests({ subject, clock });
  });
}

function answerTests({ subject, clock }: Bench): void {
  const reviews = () => subject().store.reviews;
  const writes = () => inTransactions(subject().store);

  test('the last answer is the newest one of a person', async () => {
    const { subject: about } = aQuestion();
    expect(await reviews().lastAnswer('no_mandate', about)).toBeNull();
    for (const action of ['ignore', 'done'] as const) {
      clock().advance(1_000);
      const { id } = await writes().reviews.open(aQuestion());
      expect((await reviews().lastAnswer('no_mandate', about))?.id).not.toBe(id);
      await subject().answer(id, { ...PERSON, action });
      expect(await reviews().lastAnswer('no_mandate', about)).toMatchObject({
        id,
        state: 'resolved',
        amount: aQuestion().amount,
        resolution: { action, note: 'seen', by: 'mira', invoiceId: null, customerId: null },
      });
    }
    clock().advance(1_000);
    await writes().reviews.open(aQuestion());
    await writes().reviews.settle(['no_mandate'], about, 'gone');
    const last = await reviews().lastAnswer('no_mandate', about);
    expect(last?.resolution).toMatchObject({ by: 'mira', action: 'done' });
    expect(await reviews().lastAnswer('overpayment', about)).toBeNull();
  });

  test('the last answers of several kinds are each the newest one of a person', async () => {
    const { subject: about } = aQuestion();
    const kinds = ['no_mandate', 'overpayment', 'ambiguous_match'] as const;
    const open = (question: ReturnType<typeof aQuestion>) =>
      subject().store.transaction((tx) => tx.reviews.open(question));
    expect(await reviews().lastAnswers(kinds, about)).toEqual([]);
    for (const [kind, action, covers] of [
      ['no_mandate', 'ignore', null],
      ['overpayment', 'done', 'X'],
      ['no_mandate', 'done', null],
      ['refund', 'done', null],
    ] as const) {
      clock().advance(1_000);
      const { id } = await open(aQuestion({ kind, covers }));
      await subject().answer(id, { ...PERSON, action });
    }
    await open(aQuestion({ kind: 'ambiguous_match' }));
    await subject().store.transaction((tx) => tx.reviews.settle(['ambiguous_match'], about, 'gone'));
    const answers = await reviews().lastAnswers(kinds, about);
    const said = answers.map(({ kind, resolution }) => `${kind} ${resolution?.action ?? ''}`);
    expect(said.toSorted()).toEqual(['no_mandate done', 'overpayment done']);
    const other = { ...about, id: '102' };
    expect(await reviews().lastAnswers(kinds, other)).toEqual([]);
  });

  test('an answer covers what it was given for', async () => {
    const { subject: about } = aQuestion();
    for (const [covers, action] of [
      ['INQUIRY', 'done'],
      ['CHARGEBACK', 'ignore'],
      [null, 'done'],
    ] as const) {
      clock().advance(1_000);
      const { id } = await writes().reviews.open(aQuestion({ covers }));
      await subject().answer(id, { ...PERSON, action });
    }
    const answers = reviews();
    expect(await answers.lastAnswer('no_mandate', about)).toMatchObject({ covers: null });
    expect(await answers.lastAnswer('no_mandate', about, null)).toMatchObject({ covers: null });
    expect(await answers.lastAnswer('no_mandate', about, 'INQUIRY')).toMatchObject({
      covers: 'INQUIRY',
      resolution: { action: 'done' },
    });
    expect(await answers.lastAnswer('no_mandate', about, 'ARBITRATION')).toBeNull();
  });

  test('retry runs the event again; the answer is audited under the name of the person', async () => {
    const event = await subject().queueEvent({ type: 'invoice.create', resourceId: '101' });
    const outcome = { state: 'done' as const, reason: 'asked', waitingFor: null, recheckAt: null };
    await subject().store.transaction((tx) => tx.events.finish(event.id, outcome));
    const { id } = await writes().reviews.open(aQuestion({ eventId: event.id }));
    await subject().answer(id, { ...PERSON, action: 'retry' });
    expect(await subject().store.events.get(event.id)).toMatchObject({ state: 'stored', attempts: 0 });
    const entry = (await subject().auditEntries()).at(-1);
    expect(entry).toMatchObject({ actor: 'mira', action: 'review.resolved' });
    expect(entry?.correlationId).toBe(event.correlationId);
  });

  test('match keeps the invoice that was chosen, for an ambiguous customer the customer', async () => {
    const { id: eventId } = await subject().queueEvent({ type: 'payments.confirmed', resourceId: 'PM1' });
    const payment = await writes().reviews.open(
      aQuestion({ kind: 'ambiguous_match', subject: PAYMENT, eventId }),
    );
    await subject().answer(payment.id, { ...PERSON, action: 'match', invoiceId: '102' });
    const customer = await writes().reviews.open(aQuestion({ kind: 'ambiguous_customer', eventId }));
    await subject().answer(customer.id, { ...PERSON, action: 'match', customerId: 'CU1' });
    const answers = await Promise.all([
      reviews().lastAnswer('ambiguous_match', PAYMENT),
      reviews().lastAnswer('ambiguous_customer', aQuestion().subject),
    ]);
    expect(answers[0]?.resolution).toMatchObject({ action: 'match', invoiceId: '102', customerId: null });
    expect(answers[1]?.resolution).toMatchObject({ action: 'match', invoiceId: null, customerId: 'CU1' });
  });

  test.each([
    [
      'invoice to match',
      { kind: 'ambiguous_match', subject: PAYMENT },
      'match',
      /--invoice is needed to match/,
    ],
    ['customer to match', { kind: 'ambiguous_customer' }, 'match', /--customer is needed to match/],
    ['event to retry', { kind: 'no_mandate' }, 'retry', /no event that could run again/],
  ] as const)(
    'an answer without an %s is refused and changes nothing',
    async (_what, of, action, message) => {
      const opened = await writes().reviews.open(aQuestion(of));
      await expect(subject().answer(opened.id, { ...PERSON, action })).rejects.toThrow(message);
      expect(await reviews().openOn(opened.subject)).toEqual([opened]);
    },
  );

  test('a review is answered once', async () => {
    const { id } = await writes().reviews.open(aQuestion());
    const answers = Array.from({ length: 4 }, () => subject().answer(id, PERSON));
    const settled = await Promise.allSettled(answers);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(subject().answer(id, PERSON)).rejects.toThrow(/already resolved \(done by mira\)/);
    await expect(subject().answer('nothing', PERSON)).rejects.toThrow(/no review nothing/);
  });
}
