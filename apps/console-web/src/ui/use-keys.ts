import { useEffect, useRef } from 'react';
import { keep, kept } from '../kept.ts';

/** What a key does. Names as in KeyboardEvent.key; `g r` is one key after the other. */
export type Keys = Readonly<Record<string, (() => void) | undefined>>;

const SEQUENCE_MS = 1_200;

/** Whether keys without Ctrl do anything for this person (WCAG 2.1.4). */
export function areKeysOn(): boolean {
  return kept('keys') !== 'off';
}

export function switchKeys(isOn: boolean): void {
  keep('keys', isOn ? null : 'off');
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || isTextInput(target))
  );
}

function isTextInput(target: HTMLElement): boolean {
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit'].includes(target.type)
  );
}

/** A dialog, menu or list that floats keeps its keys to itself. */
function isElsewhere(): boolean {
  return document.querySelector('[role=dialog], [role=menu], [role=alertdialog]') !== null;
}

/** When `g` was pressed last, as this press and as the one before it saw it. */
const began = { atMs: -Infinity, beforeMs: -Infinity };

/** The name of what was pressed, with the `g` before it. */
function pressed({ key, timeStamp }: KeyboardEvent): string {
  return timeStamp - began.beforeMs < SEQUENCE_MS ? `g ${key}` : key;
}

/** Single-key shortcuts of what is on screen: dead while somebody types, never with Ctrl, Alt or Meta. */
export function useKeys(keys: Keys): void {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!areKeysOn() || isTyping(event.target) || isElsewhere()) return;
      const action = current.current[pressed(event)];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

/** Remembers a `g`, so that the key after it leads to a page. One place on screen calls this; it hears each key first. */
export function useSequences(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isFirst = event.key === 'g' && !isTyping(event.target) && !event.ctrlKey && !event.metaKey;
      began.beforeMs = began.atMs;
      began.atMs = isFirst ? event.timeStamp : -Infinity;
    };
    document.addEventListener('keydown', onKey, { capture: true });
    return () => document.removeEventListener('keydown', onKey, { capture: true });
  }, []);
}
