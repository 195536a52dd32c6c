import type { ReactNode } from 'react';
import type { AuditEntry } from '../../api/types.ts';
import { providerName } from '../../en.ts';
import { PAGES } from '../../routes.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { To } from '../../ui/link.tsx';
import { Raw } from '../../ui/raw.tsx';
import { Time } from '../../ui/time.tsx';
import { actionText, whyText } from './sentence.ts';

interface AuditDrawerProps {
  readonly entry: AuditEntry;
  readonly onClose: () => void;
}

/** One entry, as it is chained. */
export function AuditDrawer({ entry, onClose }: AuditDrawerProps): ReactNode {
  const { seq, at, actor, action, subject, correlationId, details, hash } = entry;
  const why = whyText(entry);
  return (
    <Dialog title={actionText(action)} onClose={onClose} isDrawer>
      {why === '' ? null : <p>{why}</p>}
      <dl className="facts">
        <dt>When</dt>
        <dd>
          <Time at={at} />
        </dd>
        <dt>By</dt>
        <dd>{actor}</dd>
        <dt>About</dt>
        <dd>
          {providerName(subject.provider)} {subject.type} <code>{subject.id}</code>{' '}
          <CopyButton text={subject.id} what="its id" />
        </dd>
        <dt>Entry</dt>
        <dd>
          {seq}, <code>{action}</code>
        </dd>
        <dt>Hash</dt>
        <dd>
          <code>{hash.slice(0, 16)}…</code> <CopyButton text={hash} what="the hash" />
        </dd>
      </dl>
      <p className="row">
        <To className="button" to={PAGES.audit.path} search={{ subject: [subject.id] }} onClick={onClose}>
          All about it
        </To>
        {correlationId === null ? null : (
          <To
            className="button"
            to={PAGES.audit.path}
            search={{ correlationId: [correlationId] }}
            onClick={onClose}
          >
            The whole story
          </To>
        )}
      </p>
      <Raw value={details} />
    </Dialog>
  );
}
