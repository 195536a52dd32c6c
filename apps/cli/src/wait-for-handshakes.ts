import { setTimeout as pause } from 'node:timers/promises';
import { completeHandshakes } from '@mlc/platform/connections/complete-handshakes';
import type { Shell } from './shell.ts';
import type { OpenedProviders } from './with-providers.ts';

/** FreshBooks posts the handshake within seconds; the ingress has to be running and reachable by then. */
const HANDSHAKE_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 250;

/** Names of the events whose callbacks were not verified in time: running it again goes on where it stopped. */
export async function waitForHandshakes(
  { runtime, connections }: OpenedProviders,
  connectionId: string,
  shell: Shell,
): Promise<string[]> {
  const { database, vault, log } = runtime;
  const verify = connections.verifyCallback.bind(connections);
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    await completeHandshakes({ database, vault, log, connectionId, verify });
    const waiting = await database.prisma.callback.findMany({ where: { connectionId, state: 'pending' } });
    if (waiting.length === 0 || waitedMs >= HANDSHAKE_LIMIT_MS) return waiting.map(({ event }) => event);
    if (waitedMs === 0) shell.err(`waiting for FreshBooks to verify ${waiting.length} callbacks\n`);
    await pause(LOOK_EVERY_MS);
  }
}
