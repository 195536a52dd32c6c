import { setFlagsFromString } from 'node:v8';

/**
 * Tells V8 not to put objects into the old generation from birth. While the young generation is still small (1 MB), the
 * requests in flight fill it; V8 may conclude that what a request allocates is long-lived and from then on allocates it
 * as old, where it stays until the next full collection and keeps all it refers to. Seen with --trace-gc under
 * bench:ingress in two of six processes: 40 % of everything allocated survived its first collection, instead of 1 to 5 %;
 * in five processes with this flag 0 to 7 %. What that is worth in requests/s has not been measured on an idle machine.
 */
export function keepGarbageYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
