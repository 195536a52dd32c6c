import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { en } from '../en.ts';
import { Icon } from './icons.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** A panel at the edge instead of a box in the middle. */
  readonly isDrawer?: boolean;
  readonly children: ReactNode;
}

/** A box over the page: Escape and a click beside it close it, the focus comes back to where it was. */
export function Dialog({ title, onClose, isDrawer = false, children }: DialogProps): ReactNode {
  return (
    <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={(isOpen) => isOpen || onClose()}>
      <Modal className={isDrawer ? 'modal is-drawer' : 'modal'}>
        <AriaDialog className="dialog">
          <div className="dialog-head">
            <Heading slot="title">{title}</Heading>
            <button type="button" className="icon-button" aria-label={en.close} onClick={onClose}>
              <Icon name="close" />
            </button>
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

interface ConfirmProps {
  readonly title: string;
  /** What happens then, with names and amounts. */
  readonly children: ReactNode;
  readonly action: string;
  readonly isDanger?: boolean;
  readonly isOff?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something is done that cannot be taken back. */
export function Confirm(props: ConfirmProps): ReactNode {
  const { title, children, action, isDanger = false, isOff = false, onConfirm, onClose } = props;
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <div className="row is-end">
        <button type="button" className="button" onClick={onClose}>
          {en.cancel}
        </button>
        <button
          type="button"
          className={isDanger ? 'button is-danger' : 'button is-primary'}
          disabled={isOff}
          onClick={onConfirm}
        >
          {action}
        </button>
      </div>
    </Dialog>
  );
}
