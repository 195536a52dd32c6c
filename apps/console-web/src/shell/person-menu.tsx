import { type ReactNode, useState } from 'react';
import { api, read } from '../api/client.ts';
import { useSigned } from '../session.tsx';
import { currentTheme, showTheme, type Theme, THEMES } from '../theme.ts';
import { Menu } from '../ui/menu.tsx';
import { toast } from '../ui/toasts.tsx';

const THEME_WORDS: Readonly<Record<Theme, string>> = {
  system: 'Theme: as the system',
  light: 'Theme: light',
  dark: 'Theme: dark',
};

async function signOut(): Promise<void> {
  await read(api.DELETE('/session')).then(
    () => location.assign('/sign-in'),
    () => toast({ text: 'Signing out failed: the console does not answer.', tone: 'bad' }),
  );
}

/** Theme, account, keys, and the way out. */
export function PersonMenu({ onKeys }: { readonly onKeys: () => void }): ReactNode {
  const { session } = useSigned();
  const [theme, setTheme] = useState(currentTheme());
  const choose = (next: Theme): void => {
    showTheme(next);
    setTheme(next);
  };
  const themes = THEMES.map((each) => ({
    id: each,
    text: THEME_WORDS[each],
    isChosen: each === theme,
    onChoose: () => choose(each),
  }));
  const name = session.person?.name ?? session.actor;
  const lines = [
    { id: 'account', text: 'My account', onChoose: () => location.assign('/account') },
    { id: 'keys', text: 'Keyboard shortcuts', onChoose: onKeys },
    { id: 'out', text: 'Sign out', onChoose: () => void signOut() },
  ];
  return (
    <>
      <Menu label="Theme" icon="theme" isIconOnly lines={themes} />
      <Menu label={`Account of ${name}`} icon="person" isIconOnly lines={lines} />
    </>
  );
}
