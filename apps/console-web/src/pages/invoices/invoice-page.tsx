import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { invoiceQuery, timelineQuery } from '../../api/queries.ts';
import type { InvoiceDetails } from '../../api/types.ts';
import { dayText } from '../../format/time.ts';
import { PAGES } from '../../routes.ts';
import { useBusiness } from '../../session.tsx';
import { To } from '../../ui/link.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Money } from '../../ui/money.tsx';
import { Page } from '../../ui/page.tsx';
import type { PageProps } from '../page-props.ts';
import { InvoiceActions } from './invoice-actions.tsx';
import { InvoiceMoney } from './invoice-money.tsx';
import { InvoiceState } from './invoice-state.tsx';
import { Timeline } from './timeline.tsx';

/** One invoice: what happens to it, and everything that happened. */
export function InvoicePage({ id }: PageProps): ReactNode {
  const { slug: business } = useBusiness();
  const asked = { business, invoiceId: id ?? '' };
  const query = useQuery(invoiceQuery(asked));
  const timeline = useQuery(timelineQuery(asked));
  const { data: invoice } = query;
  return (
    <Page
      title={invoice === undefined ? 'Invoice' : `Invoice ${invoice.number}`}
      lead={invoice?.clientName}
      crumb={<To to={PAGES.invoices.path}>Invoices</To>}
      action={invoice === undefined ? undefined : <InvoiceActions invoice={invoice} />}
    >
      <Loaded query={query} shape="card">
        {(found) => (
          <>
            <Head invoice={found} />
            <OpenQuestions invoice={found} />
          </>
        )}
      </Loaded>
      <section className="panel">
        <h2>What happened</h2>
        <Loaded query={timeline}>{({ items }) => <Timeline entries={items} />}</Loaded>
      </section>
      {invoice === undefined ? null : <InvoiceMoney invoice={invoice} />}
    </Page>
  );
}

function Head({ invoice }: { readonly invoice: InvoiceDetails }): ReactNode {
  const { amountMinor, outstandingMinor, currency, due, issued } = invoice;
  return (
    <section className="panel figures" aria-label="Now">
      <div className="figure is-wide">
        <span className="quiet">State</span>
        <InvoiceState invoice={invoice} />
      </div>
      <div className="figure">
        <span className="quiet">Amount</span>
        <Money minor={amountMinor} currency={currency} />
      </div>
      <div className="figure">
        <span className="quiet">Outstanding</span>
        <Money minor={outstandingMinor} currency={currency} />
      </div>
      <div className="figure">
        <span className="quiet">{due === null ? 'Issued' : 'Due'}</span>
        <span>{dayText(due ?? issued ?? '')}</span>
      </div>
    </section>
  );
}

function OpenQuestions({ invoice: { reviews } }: { readonly invoice: InvoiceDetails }): ReactNode {
  const open = reviews.filter(({ state }) => state === 'open');
  if (open.length === 0) return null;
  return (
    <section className="notice" aria-label="Needs you">
      {open.map(({ id, reasons }) => (
        <p key={id}>
          {reasons[0]} <To to={`${PAGES.reviews.path}/${id}`}>Answer it</To>
        </p>
      ))}
    </section>
  );
}
