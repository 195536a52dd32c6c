import { type ReactNode, useState } from 'react';
import { api, read } from '../../api/client.ts';
import { problemIn } from '../../api/problem.ts';
import { queryClient } from '../../api/queries.ts';
import type { InvoiceDetails } from '../../api/types.ts';
import { moneyText } from '../../format/money.ts';
import { useBusiness } from '../../session.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { Menu } from '../../ui/menu.tsx';
import { toast } from '../../ui/toasts.tsx';

type Action = 'opt-out' | 'opt-in' | 'collect';

interface Asked {
  readonly title: string;
  readonly effect: string;
  readonly action: string;
}

function askedOf(action: Action, { number, clientName, outstandingMinor, currency }: InvoiceDetails): Asked {
  const money = outstandingMinor === null || currency === null ? 'It' : moneyText(outstandingMinor, currency);
  const whose = `${number} of ${clientName ?? 'this client'}`;
  const texts: Readonly<Record<Action, Asked>> = {
    'opt-out': {
      title: `Never collect ${number}?`,
      effect: `${whose} is not debited any more; a debit that can still be cancelled is cancelled.`,
      action: 'Opt out',
    },
    'opt-in': {
      title: `Collect ${number} again?`,
      effect: `${money} of ${whose} is debited as the policy says.`,
      action: 'Collect again',
    },
    collect: {
      title: `Debit ${number} again?`,
      effect: `${money} of ${whose} is debited once more, although its debit came back.`,
      action: 'Debit again',
    },
  };
  return texts[action];
}

async function run(
  action: Action,
  which: { readonly business: string; readonly invoiceId: string },
  note: string,
) {
  const { business, invoiceId } = which;
  const params = { path: { invoiceId }, query: { business } };
  const made = {
    'opt-out': () => read(api.PUT('/invoices/{invoiceId}/opt-out', { params, body: { note } })),
    'opt-in': () =>
      read(api.DELETE('/invoices/{invoiceId}/opt-out', { params: { ...params, query: { business, note } } })),
    collect: () => read(api.POST('/invoices/{invoiceId}/collect', { params, body: { note } })),
  }[action];
  await made().then(
    () => toast({ text: 'Taken. It shows here as soon as it is done.' }),
    (error: unknown) =>
      toast({ text: problemIn(error)?.detail ?? 'It failed.', tone: 'bad', shownMs: 12_000 }),
  );
  void queryClient.invalidateQueries({ queryKey: ['invoices'] });
}

/** What finance may do with an invoice; each asks first, with amount and client. */
export function InvoiceActions({ invoice }: { readonly invoice: InvoiceDetails }): ReactNode {
  const { slug, may } = useBusiness();
  const [action, ask] = useState<Action | null>(null);
  const [note, setNote] = useState('');
  if (!may('finance')) return null;
  const actions: readonly (readonly [Action, string])[] =
    invoice.state === 'opted-out'
      ? [['opt-in', 'Collect again']]
      : [
          ['opt-out', 'Never collect it'],
          ['collect', 'Debit it again'],
        ];
  const asked = action === null ? null : askedOf(action, invoice);
  return (
    <>
      <Menu label="Actions" lines={actions.map(([id, text]) => ({ id, text, onChoose: () => ask(id) }))} />
      {action === null || asked === null ? null : (
        <Confirm
          title={asked.title}
          action={asked.action}
          isOff={note.trim() === ''}
          onClose={() => ask(null)}
          onConfirm={() => {
            ask(null);
            void run(action, { business: slug, invoiceId: invoice.id }, note.trim());
          }}
        >
          <p>{asked.effect}</p>
          <label className="stack">
            Why
            <textarea
              rows={2}
              maxLength={2_000}
              value={note}
              onChange={({ target }) => setNote(target.value)}
            />
          </label>
        </Confirm>
      )}
    </>
  );
}
