import type { Deployment } from './deployment.ts';
import type { Role } from './role.ts';

/** A role that comes back by itself, as under an orchestrator. */
export interface Supervised {
  /** SIGKILL, and a new one in its place once the old one is gone. */
  killAndRestart(): Promise<void>;
  readonly url: string;
  /** What the role said last when it ended without being killed by us; nothing ever should make it do so. */
  readonly ownDeaths: readonly string[];
}

/** Starts a role under supervision. */
export async function supervise(deployment: Deployment, ...args: readonly string[]): Promise<Supervised> {
  const ownDeaths: string[] = [];
  const start = async (): Promise<Role> => {
    const started = await deployment.start(...args);
    void started.ended.then(({ signal, status, err }) => {
      if (signal !== 'SIGKILL')
        ownDeaths.push(`ended with ${String(status ?? signal)}: ${err.slice(-2_000)}`);
    });
    return started;
  };
  let role = await start();
  return {
    killAndRestart: async () => {
      await role.kill();
      role = await start();
    },
    get url() {
      return role.url;
    },
    ownDeaths,
  };
}
