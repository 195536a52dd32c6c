import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useSigned } from '../session.tsx';
import { Icon } from '../ui/icons.tsx';
import { To } from '../ui/link.tsx';
import { Menu } from '../ui/menu.tsx';
import { writeSearch } from '../search.ts';
import { PersonMenu } from './person-menu.tsx';
import type { Opened } from './opened.ts';

interface TopProps {
  readonly onOpen: (what: Opened) => void;
  readonly isNavOpen: boolean;
}

/** The bar over every page. */
export function Top({ onOpen, isNavOpen }: TopProps): ReactNode {
  return (
    <header className="top">
      <button
        type="button"
        className="icon-button nav-button"
        aria-label="Pages"
        aria-expanded={isNavOpen}
        aria-controls="nav"
        onClick={() => onOpen(isNavOpen ? null : 'nav')}
      >
        <Icon name={isNavOpen ? 'close' : 'menu'} />
      </button>
      <To className="brand" to="/">
        <span className="mark" />
        <span>ml-connector</span>
      </To>
      <BusinessSwitch />
      <button type="button" className="search-button" onClick={() => onOpen('palette')}>
        <Icon name="search" />
        <span>Search</span>
        <kbd>Ctrl K</kbd>
      </button>
      <PersonMenu onKeys={() => onOpen('keys')} />
    </header>
  );
}

/** Which business is looked at; a name alone when there is no choice. */
function BusinessSwitch(): ReactNode {
  const { businesses, business, choose } = useSigned();
  const [path, navigate] = useLocation();
  if (business === null) return null;
  if (businesses.length === 1) return <span className="business">{business.displayName}</span>;
  // A page about one thing belongs to the business it was opened in.
  const [, section = ''] = path.split('/');
  const go = (slug: string): void => {
    choose(slug);
    navigate(`/${section}${writeSearch({ business: [slug] })}`);
  };
  const lines = businesses.map(({ slug, displayName }) => ({
    id: slug,
    text: displayName,
    isChosen: slug === business.slug,
    onChoose: () => go(slug),
  }));
  return <Menu label={business.displayName} lines={lines} />;
}
