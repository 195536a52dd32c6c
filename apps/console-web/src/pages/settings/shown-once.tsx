import type { ReactNode } from 'react';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

interface ShownOnceProps {
  readonly title: string;
  readonly secret: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
}

/** A secret that nobody can see a second time. */
export function ShownOnce({ title, secret, children, onClose }: ShownOnceProps): ReactNode {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      <p className="secret">
        <code>{secret}</code> <CopyButton text={secret} what="it" />
      </p>
    </Dialog>
  );
}
