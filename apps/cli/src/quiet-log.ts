import type { Log } from '@mlc/core';

const silent = () => undefined;

/** Commands tell their result or their error; lines of the parts they use would only stand in between. */
export const quietLog: Log = { error: silent, warn: silent, info: silent, debug: silent };
