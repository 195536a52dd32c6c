import type { Writable } from 'node:stream';
import type { Log } from '@mlc/core';
import winston from 'winston';
import type { Config } from '../config/config.ts';
import { type KnownSecrets, knownSecrets } from './known-secrets.ts';
import { loggable } from './loggable.ts';

/** Where lines go and what stands in each of them. */
export interface LogOptions {
  /** Default: stderr, so that stdout belongs to what commands print. */
  readonly stream?: Writable;
  /** Values to blank wherever they turn up. */
  readonly known?: KnownSecrets;
  /** Fields of every line, e.g. the role. */
  readonly base?: Readonly<Record<string, unknown>>;
}

const MESSAGE = Symbol.for('message');

type Line = Record<string, unknown> & { level: string; message: unknown; timestamp?: unknown };

function prettyLine({ level, message, timestamp, ...fields }: Line): string {
  const rest = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`;
  const time = String(timestamp).slice(11, 23);
  return `${time} ${level.toUpperCase().padEnd(5)} ${String(message)}${rest}`;
}

function jsonLine({ level, message, timestamp, ...fields }: Line): string {
  return JSON.stringify({ at: timestamp, level, message, ...fields });
}

/** One line per call, in JSON or for people; credentials blanked by name and by value, bodies left out. */
export function createLog(settings: Config['log'], options: LogOptions = {}): Log {
  const { stream = process.stderr, known = knownSecrets(), base = {} } = options;
  const lineOf = settings.format === 'pretty' ? prettyLine : jsonLine;
  const redacted = winston.format((info) => {
    info[MESSAGE] = known.blank(lineOf(info));
    return info;
  });
  const logger = winston.createLogger({
    level: settings.level,
    format: winston.format.combine(winston.format.timestamp(), redacted()),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston types its own transports twice
    transports: [new winston.transports.Stream({ stream })],
  });
  const write =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      const { level: _level, message: _message, ...rest } = loggable({ ...base, ...fields }) as Line;
      logger.log({ ...rest, level, message });
    };
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}

/** A log with more fields in every line. */
export function logWith(log: Log, base: Readonly<Record<string, unknown>>): Log {
  return {
    error: (message, fields) => log.error(message, { ...base, ...fields }),
    warn: (message, fields) => log.warn(message, { ...base, ...fields }),
    info: (message, fields) => log.info(message, { ...base, ...fields }),
    debug: (message, fields) => log.debug(message, { ...base, ...fields }),
  };
}
