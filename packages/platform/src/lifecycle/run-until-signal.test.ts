import { EventEmitter } from 'node:events';
import { beforeEach, expect, test } from '@jest/globals';
import type { Log } from '@mlc/core';
import { runUntilSignal, type SignalSource } from './run-until-signal.ts';

class Source extends EventEmitter implements SignalSource {
  readonly codes: number[] = [];
  exit(code: number): void {
    this.codes.push(code);
  }
}

const lines: string[] = [];
const write = (message: string) => void lines.push(message);
const log: Log = { error: write, warn: write, info: write, debug: write };

beforeEach(() => void lines.splice(0));

test.each(['SIGTERM', 'SIGINT'] as const)('%s stops the parts in reverse order', async (signal) => {
  const source = new Source();
  const stopped: string[] = [];
  const part = (name: string) => ({ stop: () => Promise.resolve(void stopped.push(name)) });
  const ended = runUntilSignal([part('database'), part('worker')], log, source);
  source.emit(signal);
  await ended;
  expect(stopped).toEqual(['worker', 'database']);
  expect(source.codes).toEqual([]);
  expect(source.listenerCount(signal)).toBe(0);
});

test('a part that fails does not keep the others running', async () => {
  const source = new Source();
  const stopped: string[] = [];
  const parts = [
    { stop: () => Promise.resolve(void stopped.push('first')) },
    { stop: () => Promise.reject(new Error('no')) },
  ];
  const ended = runUntilSignal(parts, log, source);
  source.emit('SIGTERM');
  await ended;
  expect(stopped).toEqual(['first']);
  expect(lines).toContain('a part did not stop cleanly');
});

test('what a library leaves behind while stopping is logged, and ends nothing', async () => {
  const source = new Source();
  const part = {
    stop: () => Promise.resolve(void source.emit('uncaughtException', new Error('Connection is closed.'))),
  };
  const ended = runUntilSignal([part], log, source);
  expect(source.listenerCount('uncaughtException')).toBe(0);
  source.emit('SIGTERM');
  await ended;
  expect(lines).toContain('something failed while stopping');
  expect(source.codes).toEqual([]);
  expect(source.listenerCount('uncaughtException')).toBe(0);
});

test('a second signal ends the process at once', async () => {
  const source = new Source();
  let finish: () => void = () => undefined;
  const stuck = { stop: () => new Promise<void>((resolve) => (finish = resolve)) };
  const ended = runUntilSignal([stuck], log, source);
  source.emit('SIGINT');
  await Promise.resolve();
  await Promise.resolve();
  source.emit('SIGINT');
  expect(source.codes).toEqual([1]);
  finish();
  await ended;
});

test('a part that never stops is left behind when time is up', async () => {
  const source = new Source();
  const ended = runUntilSignal([{ stop: () => new Promise<void>(() => undefined) }], log, source, 20);
  source.emit('SIGTERM');
  await ended;
  expect(lines.join()).toContain('work in hand');
});
