/** A posting that cannot be taken back; the message says why and what to do. */
export class ReversalRefusedError extends Error {
  override readonly name = 'ReversalRefusedError';
}
