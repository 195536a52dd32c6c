import { paidBy, type Story } from './story.ts';

type Plain = Pick<Story, 'title' | 'amount' | 'createdOn'>;

function plain(story: Plain, currency: 'GBP' | 'EUR' = 'GBP'): Story {
  return { ...story, currency, dueInDays: 10, payer: 'mandate', expected: paidBy() };
}

/** Invoices of customers with a mandate, paid by debit as they should be. */
export const ORDINARY: readonly Story[] = [
  plain({ title: 'website care', amount: '120.00', createdOn: 1 }),
  plain({ title: 'logo design', amount: '450.00', createdOn: 1 }),
  plain({ title: 'copy writing', amount: '89.99', createdOn: 2 }),
  plain({ title: 'photo shoot', amount: '1250.00', createdOn: 2 }),
  plain({ title: 'hosting', amount: '19.99', createdOn: 3 }),
  plain({ title: 'consulting', amount: '2400.00', createdOn: 5 }),
  plain({ title: 'workshop', amount: '975.50', createdOn: 6 }),
  plain({ title: 'translation', amount: '310.00', createdOn: 1 }, 'EUR'),
  plain({ title: 'print layout', amount: '1080.40', createdOn: 2 }, 'EUR'),
  plain({ title: 'audit', amount: '4999.99', createdOn: 5 }, 'EUR'),
  plain({ title: 'training', amount: '640.00', createdOn: 6 }, 'EUR'),
];
