import { afterAll, beforeAll } from '@jest/globals';
import { deploy, type Deployment, type DeploymentOptions } from './deployment.ts';
import { killAll } from './mlc-process.ts';

/** Room for a build and slow machines. */
const SET_UP_MS_MAX = 240_000;

/**
 * One deployment for the tests of a describe block. `prepare` starts what they need. Whatever fails, every process is
 * killed and every store given back afterwards.
 */
export function withDeployment(
  prepare: (deployment: Deployment) => Promise<unknown>,
  options: () => Promise<DeploymentOptions> | DeploymentOptions = () => ({}),
): () => Deployment {
  let current: Deployment | undefined;
  beforeAll(async () => {
    current = await deploy(await options());
    await prepare(current);
  }, SET_UP_MS_MAX);
  afterAll(async () => {
    await killAll();
    await current?.close();
  }, SET_UP_MS_MAX);
  return () => {
    if (current === undefined) throw new Error('the deployment is not there before the first test');
    return current;
  };
}
