import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Tells the parent process where it can be reached, and ends when the parent does. */
export function tellPort(port: number): void {
  process.once('disconnect', () => process.exit(0));
  process.send?.({ port });
}

/** The same once the server listens. */
export function listening(server: Server): void {
  server.on('listening', () => tellPort((server.address() as AddressInfo).port));
}
