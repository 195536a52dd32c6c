import type { HttpClient } from '@mlc/core';
import type { ClosableHttpClient, HttpClientOptions } from './axios-client.ts';

/** `createHttpClient` for a process that hardly ever calls out: the client is loaded with its first request. */
export function httpWhenAsked(options: HttpClientOptions): ClosableHttpClient {
  let opening: Promise<ClosableHttpClient> | undefined;
  let open: ClosableHttpClient | undefined;
  const client = async (): Promise<HttpClient> => {
    opening ??= import('./axios-client.ts').then(
      ({ createHttpClient }) => (open = createHttpClient(options)),
    );
    return opening;
  };
  return {
    send: async (request) => (await client()).send(request),
    close: () => open?.close(),
  };
}
