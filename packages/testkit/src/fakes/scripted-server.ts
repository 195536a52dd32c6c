import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** As sent, still encoded. */
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What to answer: something readable, or one of the ways not to. */
export type ScriptedAnswer =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly json?: unknown;
      readonly text?: string;
    }
  | 'cut'
  | 'cut-in-body'
  | 'silent';

type Step = ScriptedAnswer | ((request: SeenRequest) => ScriptedAnswer);

/** A real HTTP server on loopback that answers as told and remembers what it was asked. */
export interface ScriptedServer {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  /** Replaces the script: one step per request, the last one for all that follow. */
  script(...steps: Step[]): void;
  close(): Promise<void>;
}

async function readRequest(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [path = '', rawQuery = ''] = (request.url ?? '').split('?', 2);
  return {
    method: request.method ?? '',
    path,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function give(answer: ScriptedAnswer, response: ServerResponse): void {
  if (answer === 'silent') return;
  if (answer === 'cut') {
    response.socket?.destroy();
  } else if (answer === 'cut-in-body') {
    response.writeHead(200, { 'Content-Length': '1000' });
    response.write('{"response":', () => response.socket?.destroy());
  } else {
    const body = answer.text ?? (answer.json === undefined ? '' : JSON.stringify(answer.json));
    response
      .writeHead(answer.status ?? 200, { 'Content-Type': 'application/json', ...answer.headers })
      .end(body);
  }
}

/** Starts a server on a free port of 127.0.0.1. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  let steps: readonly Step[] = [];
  let used = 0;
  const server = createServer((request, response) => {
    void readRequest(request).then((read) => {
      seen.push(read);
      const step = steps[Math.min(used, steps.length - 1)] ?? { status: 599, text: 'no script' };
      used += 1;
      give(typeof step === 'function' ? step(read) : step, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    script(...next) {
      steps = next;
      used = 0;
      seen.length = 0;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
