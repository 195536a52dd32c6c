import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { en } from '../en.ts';
import { Icon } from './icons.tsx';
import { useKeys } from './use-keys.ts';

/** A message that goes away by itself. */
export interface Toast {
  readonly text: string;
  readonly tone?: 'good' | 'bad';
  readonly shownMs?: number;
  /** Takes back what the message tells of. */
  readonly undo?: (() => void) | undefined;
}

interface Shown extends Toast {
  readonly id: number;
}

const SHOWN_MS = 6_000;
let shown: readonly Shown[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(next: readonly Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

/** Shows a message at the edge of the screen. Returns how to take it away. */
export function toast(message: Toast): () => void {
  lastId += 1;
  const id = lastId;
  change([...shown, { ...message, id }]);
  return () => hide(id);
}

function hide(id: number): void {
  change(shown.filter((each) => each.id !== id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where messages are shown and read out; `u` takes back the newest. One place on screen. */
export function Toasts(): ReactNode {
  const messages = useSyncExternalStore(subscribe, () => shown);
  const newest = messages.findLast(({ undo }) => undo !== undefined);
  useKeys({ u: newest === undefined ? undefined : () => takeBack(newest) });
  return (
    <div className="toasts" role="region" aria-label={en.messages}>
      <div role="status">
        {messages.map((message) => (
          <ToastLine key={message.id} message={message} />
        ))}
      </div>
    </div>
  );
}

function takeBack({ id, undo }: Shown): void {
  hide(id);
  undo?.();
}

function ToastLine({ message }: { readonly message: Shown }): ReactNode {
  const { id, text, tone = 'good', shownMs = SHOWN_MS, undo } = message;
  useEffect(() => {
    const timer = setTimeout(() => hide(id), shownMs);
    return () => clearTimeout(timer);
  }, [id, shownMs]);
  return (
    <div className={`toast is-${tone}`}>
      <span>{text}</span>
      {undo === undefined ? null : (
        <button type="button" className="button is-small" onClick={() => takeBack(message)}>
          {en.undo}
        </button>
      )}
      <button
        type="button"
        className="icon-button is-small"
        aria-label={en.closeMessage}
        onClick={() => hide(id)}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
