import type { ReactNode } from 'react';
import { Button, Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { Icon, type IconName } from './icons.tsx';

/** One line of a menu. */
export interface MenuLine {
  readonly id: string;
  readonly text: string;
  readonly isChosen?: boolean;
  readonly onChoose: () => void;
}

interface MenuProps {
  /** What the button says; read out only when there is an icon alone. */
  readonly label: string;
  readonly icon?: IconName;
  readonly isIconOnly?: boolean;
  readonly lines: readonly MenuLine[];
}

/** A button that opens a list of things to do or to choose from. */
export function Menu({ label, icon, isIconOnly = false, lines }: MenuProps): ReactNode {
  const isChoice = lines.some(({ isChosen }) => isChosen !== undefined);
  return (
    <MenuTrigger>
      <Button
        className={isIconOnly ? 'icon-button' : 'button'}
        {...(isIconOnly ? { 'aria-label': label } : {})}
      >
        {icon === undefined ? null : <Icon name={icon} />}
        {isIconOnly ? null : (
          <>
            <span>{label}</span> <Icon name="down" />
          </>
        )}
      </Button>
      <Popover className="popover" placement="bottom end">
        <AriaMenu
          className="menu"
          aria-label={label}
          {...(isChoice ? choiceOf(lines) : {})}
          onAction={(key) => lines.find(({ id }) => id === key)?.onChoose()}
        >
          {lines.map(({ id, text }) => (
            <MenuItem key={id} id={id} className="menu-item" textValue={text}>
              {text}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

function choiceOf(lines: readonly MenuLine[]) {
  const selectedKeys = lines.filter(({ isChosen }) => isChosen === true).map(({ id }) => id);
  return { selectionMode: 'single' as const, selectedKeys };
}
