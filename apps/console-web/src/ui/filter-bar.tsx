import { type ReactNode, useEffect, useRef } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { en } from '../en.ts';
import { one } from '../search.ts';
import { Icon } from './icons.tsx';
import { useKeys } from './use-keys.ts';
import { useUrl } from './use-url.ts';

/** What a list can be narrowed to; each filter is kept in the address under its name. */
export function FilterBar({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <div className="filters" role="search" aria-label={en.filter}>
      {children}
    </div>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  /** Value and words of each. */
  readonly options: readonly (readonly [value: string, text: string])[];
}

/** Several values, any of which will do. */
export function ChoiceFilter({ name, label, options }: ChoiceProps): ReactNode {
  const { search, filter } = useUrl();
  const chosen = search[name] ?? [];
  const words = options.filter(([value]) => chosen.includes(value)).map(([, text]) => text);
  return (
    <MenuTrigger>
      <Button className={words.length === 0 ? 'button' : 'button is-on'}>
        <span>
          {words.length === 0
            ? label
            : `${label}: ${words.length > 2 ? String(words.length) : words.join(', ')}`}
        </span>{' '}
        <Icon name="down" />
      </Button>
      <Popover className="popover" placement="bottom start">
        <Menu
          className="menu is-ticked"
          aria-label={label}
          selectionMode="multiple"
          selectedKeys={chosen}
          onSelectionChange={(keys) =>
            filter({ [name]: keys === 'all' ? options.map(([value]) => value) : [...keys].map(String) })
          }
        >
          {options.map(([value, text]) => (
            <MenuItem key={value} id={value} className="menu-item" textValue={text}>
              {text}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

/** One of few values, always seen. */
export function SwitchFilter({ name, label, options }: ChoiceProps): ReactNode {
  const { search, filter } = useUrl();
  const usual = options[0]?.[0] ?? '';
  const chosen = one(search, name) ?? usual;
  return (
    <div className="switch" role="group" aria-label={label}>
      {options.map(([value, text]) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === chosen}
          onClick={() => filter({ [name]: value === usual ? [] : [value] })}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

interface TextProps {
  readonly name: string;
  readonly label: string;
  readonly placeholder?: string;
}

/** A text, taken with Enter or on leaving the field; `/` goes to it. */
export function TextFilter({ name, label, placeholder }: TextProps): ReactNode {
  const { search, filter } = useUrl();
  const input = useRef<HTMLInputElement>(null);
  const value = one(search, name) ?? '';
  useEffect(() => {
    if (input.current !== null) input.current.value = value;
  }, [value]);
  useKeys({ '/': () => input.current?.focus() });
  const take = (): void => {
    const typed = input.current?.value.trim() ?? '';
    if (typed !== value) filter({ [name]: [typed] });
  };
  return (
    <form
      className="filter-text"
      onSubmit={(event) => {
        event.preventDefault();
        take();
      }}
    >
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={placeholder ?? label}
        defaultValue={value}
        onBlur={take}
      />
    </form>
  );
}

/** A day, from or until. */
export function DayFilter({ name, label }: { readonly name: string; readonly label: string }): ReactNode {
  const { search, filter } = useUrl();
  const take = (value: string): void => filter({ [name]: [value] });
  return (
    <label className="filter-day">
      <span>{label}</span>
      <input type="date" value={one(search, name) ?? ''} onChange={({ target }) => take(target.value)} />
    </label>
  );
}

/** Takes every filter of these names away; nothing when none is set. */
export function ClearFilters({ names }: { readonly names: readonly string[] }): ReactNode {
  const { search, filter } = useUrl();
  if (!names.some((name) => search[name] !== undefined)) return null;
  return (
    <button
      type="button"
      className="link"
      onClick={() => filter(Object.fromEntries(names.map((name) => [name, []])))}
    >
      {en.clearFilters}
    </button>
  );
}
