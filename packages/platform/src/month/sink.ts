/** Where a report's text goes, piece by piece. */
export type Sink = (piece: string) => Promise<void>;
