import type { ReactNode } from 'react';
import type { Invoice } from '../../api/types.ts';
import { StateWord } from '../../ui/state-word.tsx';
import { INVOICE_STATES } from './states.ts';

/** What happens to an invoice, in one word and why. */
export function InvoiceState({ invoice: { state, because } }: { readonly invoice: Invoice }): ReactNode {
  const [tone, text] = INVOICE_STATES[state];
  return (
    <>
      <StateWord tone={tone}>{text}</StateWord>
      {because === null ? null : <span className="quiet because">{because}</span>}
    </>
  );
}
