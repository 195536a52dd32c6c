import type { components } from './schema.d.ts';

type Schemas = components['schemas'];

export type Session = Schemas['Session'];
export type Review = Schemas['Review'];
export type ReviewAnswer = Schemas['ReviewAnswer'];
export type ReviewKind = Review['kind'];
export type ReviewAction = ReviewAnswer['action'];
export type DeadLetter = Schemas['DeadLetter'];
export type DeadLetterDetails = Schemas['DeadLetterDetails'];
export type AuditEntry = Schemas['AuditEntry'];
export type Connection = Schemas['Connection'];
export type Status = Schemas['Status'];
export type Person = Schemas['Person'];
export type Invitation = Schemas['Invitation'];
export type Token = Schemas['Token'];
export type Invoice = Schemas['Invoice'];
export type InvoiceDetails = Schemas['InvoiceDetails'];
export type TimelineEntry = Schemas['TimelineEntry'];
export type Overview = Schemas['Overview'];
export type CashFlow = Schemas['CashFlow'];
export type SearchHit = Schemas['SearchHit'];
export type Membership = Schemas['Membership'];
export type Role = Membership['roles'][number];

/** A page of a list, with the cursors that lead on and back. */
export interface PageOf<Item> {
  readonly items: Item[];
  readonly next: string | null;
  readonly previous: string | null;
}
