import { type ReactNode, useEffect, useRef } from 'react';
import { announce } from './announcer.tsx';

interface PageProps {
  readonly title: string;
  /** The question the page answers, or what it is about. */
  readonly lead?: ReactNode;
  /** Its one primary action. */
  readonly action?: ReactNode;
  /** Where it is below. */
  readonly crumb?: ReactNode;
  readonly children: ReactNode;
}

let isFirstPage = true;

/** A page: its heading is announced and takes the focus when somebody comes from another one. */
export function Page({ title, lead, action, crumb, children }: PageProps): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ml-connector`;
    // The browser itself announces the page it has loaded.
    if (!isFirstPage) {
      announce(title);
      heading.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    isFirstPage = false;
  }, [title]);
  return (
    <>
      <div className="page-head">
        <div>
          {crumb === undefined ? null : (
            <nav className="crumb" aria-label="Breadcrumb">
              {crumb}
            </nav>
          )}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead === undefined ? null : <p className="lead">{lead}</p>}
        </div>
        {action === undefined ? null : <div className="page-action">{action}</div>}
      </div>
      {children}
    </>
  );
}
