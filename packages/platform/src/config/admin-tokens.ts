import { type Environment, readValues } from './read-config.ts';

/** Where MLC_ADMIN_TOKEN is set for a command; null where it is not. */
export interface AdminTokens {
  /** In the `.env` file of its folder: the deployment's own. */
  readonly file: string | null;
  /** In its environment, where whoever calls it can set anything. */
  readonly environment: string | null;
}

/** Reads MLC_ADMIN_TOKEN of both places apart. @throws ConfigError */
export function readAdminTokens(env: Environment = process.env, cwd: string = process.cwd()): AdminTokens {
  const { MLC_ADMIN_TOKEN: environment } = env;
  return {
    file: readValues({}, cwd).MLC_ADMIN_TOKEN ?? null,
    environment: environment === undefined || environment === '' ? null : environment,
  };
}
