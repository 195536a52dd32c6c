import type { Log, Notices } from '@mlc/core';
import type { Transporter } from 'nodemailer';
import type { Config } from '../config/config.ts';

/** A way to send notices that holds connections to a mail server. */
export interface OpenNotices extends Notices {
  close(): void;
}

const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 20_000;
const CONNECTIONS = 2;

/**
 * Mails to the finance team through SMTP_URL, else a log line each. `send` rejects when the mail server does not take
 * the mail; the caller tries again later.
 */
export function openNotices({ smtpUrl, from }: Config['mail'], log: Log): OpenNotices {
  if (smtpUrl === null) return loggedNotices(log);
  let transport: Transporter | undefined;
  const loaded = async (): Promise<Transporter> => (transport ??= await transportTo(smtpUrl));
  return {
    send: async ({ to, subject, text }) => {
      if (to.length === 0) return;
      const sender = await loaded();
      await sender.sendMail({ from, to: [...to], subject: oneLine(subject), text });
      log.info('mail.sent', { to, subject });
    },
    close: () => transport?.close(),
  };
}

/** Loaded with the first mail: most processes never send one. */
async function transportTo(url: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  return createTransport({
    url,
    pool: true,
    maxConnections: CONNECTIONS,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: ANSWER_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** A subject made of what providers sent must not become more headers. */
function oneLine(subject: string): string {
  return subject.replace(/\s+/g, ' ').trim();
}

/** Where no mail server is set, the log is where a notice can be read. */
function loggedNotices(log: Log): OpenNotices {
  return {
    send: ({ to, subject, text }) => {
      log.info('notice', { to, subject, text });
      return Promise.resolve();
    },
    close: () => undefined,
  };
}
