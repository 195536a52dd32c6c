import { gocardlessCreditorProblem } from '@mlc/connectors';
import { ConnectorError } from '@mlc/core';
import { type BusinessFile, BusinessFileError } from '@mlc/platform/config/business-file';
import type { Config } from '@mlc/platform/config/config';
import { createHttpClient } from '@mlc/platform/http/axios-client';
import { systemClock, systemRandom } from '@mlc/platform/clock/system';
import { gocardlessUrl } from '@mlc/worker';
import { NO_LIMIT } from './ask-with-file.ts';

/**
 * Asks GoCardless whether the creditor that the file chooses is there, before anything of it is applied. Returns notices about
 * what could not be asked.
 * @throws BusinessFileError when it is definitely not there.
 */
export async function checkFileCreditor(config: Config, file: BusinessFile): Promise<readonly string[]> {
  const { gocardless } = file.connections;
  if (gocardless?.creditorId == null) return [];
  const http = createHttpClient({ version: '0.1.0', random: systemRandom });
  try {
    const problem = await gocardlessCreditorProblem({
      http,
      limiter: NO_LIMIT,
      accessToken: () => Promise.resolve(gocardless.accessToken),
      apiUrl: gocardlessUrl(config, gocardless.environment),
      connectionId: 'new',
      clock: systemClock,
      creditorId: gocardless.creditorId,
    });
    if (problem === null) return [];
    throw new BusinessFileError([{ path: 'connections.gocardless.creditorId', message: problem }]);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return [`GoCardless could not be asked for the creditor (${error.message}); it is applied unchecked`];
  } finally {
    http.close();
  }
}
