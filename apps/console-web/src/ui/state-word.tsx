import type { ReactNode } from 'react';
import { Icon, type IconName } from './icons.tsx';

/** How a state is meant: a person reads it from word and icon, colour comes on top. */
export type Tone = 'good' | 'bad' | 'warn' | 'wait' | 'plain';

const ICONS: Readonly<Record<Tone, IconName | null>> = {
  good: 'check',
  bad: 'cross',
  warn: 'warn',
  wait: 'clock',
  plain: null,
};

/** A state in words. */
export function StateWord({
  tone,
  children,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
}): ReactNode {
  const icon = ICONS[tone];
  return (
    <span className={`state is-${tone}`}>
      {icon === null ? null : <Icon name={icon} />}
      {children}
    </span>
  );
}
