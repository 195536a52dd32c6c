import { Client, Environment } from '@paypal/paypal-server-sdk';
import axios from 'axios';
import type { AxiosRequestConfig } from 'axios';

/** The host PayPal's client insists on for its sandbox. */
const SANDBOX_HOST = 'https://api-m.sandbox.paypal.com';

/**
 * PayPal's own client, led to `baseUrl`. It knows two environments and takes no other address, so the only way is its
 * `unstable_httpClientOptions`: an axios adapter that changes the host of each request and nothing else. `sent` gets
 * every request as it leaves.
 */
export function officialPaypal(
  baseUrl: string,
  credentials: { clientId: string; clientSecret: string },
  sent: (request: AxiosRequestConfig) => void = () => undefined,
): Client {
  const http = axios.getAdapter('http');
  return new Client({
    clientCredentialsAuthCredentials: {
      oAuthClientId: credentials.clientId,
      oAuthClientSecret: credentials.clientSecret,
    },
    environment: Environment.Sandbox,
    timeout: 5000,
    unstable_httpClientOptions: {
      adapter: (config: Parameters<typeof http>[0]) => {
        const url = config.url ?? '';
        if (!url.startsWith(SANDBOX_HOST)) throw new Error(`the client asked another host: ${url}`);
        sent(config);
        return http({ ...config, url: baseUrl + url.slice(SANDBOX_HOST.length) });
      },
    },
  });
}
