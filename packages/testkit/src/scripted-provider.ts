import { once } from 'node:events';
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a client sent. */
export interface ScriptedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The query as it stood on the wire. */
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer; `body` that is no text is sent as JSON. `hang` never answers, `cut` ends the connection instead. */
export type ScriptedAnswer =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  | 'hang'
  | 'cut';

/** A provider on loopback, over real HTTP, that answers from a script. */
export interface ScriptedProvider {
  readonly url: string;
  /** Everything received since the last `script`. */
  readonly requests: ScriptedRequest[];
  /** Starts over: the next calls get these answers, in this order; calls beyond them get status 599. */
  script(...answers: readonly (ScriptedAnswer | ((request: ScriptedRequest) => ScriptedAnswer))[]): void;
  close(): Promise<void>;
}

async function received(request: IncomingMessage): Promise<ScriptedRequest> {
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
  if (answer === 'hang') return;
  if (answer === 'cut') {
    response.destroy();
    return;
  }
  const { status = 200, headers = {}, body = '' } = answer;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Starts one; call `close` in afterAll. */
export async function scriptedProvider(): Promise<ScriptedProvider> {
  const requests: ScriptedRequest[] = [];
  let script: readonly (ScriptedAnswer | ((request: ScriptedRequest) => ScriptedAnswer))[] = [];
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const got = await received(request);
    const next = script[requests.push(got) - 1] ?? { status: 599, body: 'the script has ended' };
    give(typeof next === 'function' ? next(got) : next, response);
  };
  const server = http.createServer((request, response) => void answerTo(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    script: (...answers) => {
      script = answers;
      requests.length = 0;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
