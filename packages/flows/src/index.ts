export * from './registry.ts';
export { backfillMirror, type BackfillProgress } from './invoice-to-mandate/backfill-mirror.ts';
export { type MirrorRefresh, refreshMirror } from './invoice-to-mandate/refresh-mirror.ts';
export {
  type Preview,
  previewCollections,
  type PreviewContext,
  type PreviewOptions,
  type PreviewProgress,
} from './preview/preview.ts';
export { foreseeHeld, type HeldNow } from './preview/foresee-held.ts';
export type { LeftAlone, Obstacle, PreviewedCollection } from './preview/foreseen.ts';
export { patiently, patientlyEach, type Pause } from './preview/patience.ts';
export { ReversalRefusedError } from './by-person/reversible.ts';
export { reverseByHand, type ReversalWish } from './by-person/reverse-by-hand.ts';
export { recheck } from './booking/recheck.ts';
export { checkBooksPolicy, needsBooks } from './by-person/check-policy.ts';
export { checkChoice, ChoiceRefusedError, invoiceByName } from './by-person/check-choice.ts';
